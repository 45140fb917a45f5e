"""`connector reindex worker`: carries slices on one machine."""

import click

from connector.commands import json_option, print_json, settings_of


@click.command()
@click.option(
    "--queue",
    "queues",
    type=click.Choice(["embed", "copy"]),
    multiple=True,
    default=("embed", "copy"),
    show_default=True,
    help="Take slices that need the model, or those that only copy vectors.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Slices carried at once; more than one with --queue copy only: a model has one process.",
)
@json_option
@click.pass_context
def worker(ctx: click.Context, queues: tuple[str, ...], processes: int, as_json: bool) -> None:
    """Carry slices of every run that was started with --workers celery, until SIGTERM.

    Start one per GPU, and as many as you like on machines that only copy; they need the settings
    of OpenSearch, Redis and the encoder, and nothing else.

    \b
    Example:
      connector reindex worker --queue embed
      connector reindex worker --queue copy --processes 4
    """
    from connector.errors import UsageError
    from ingest.reindex.distributed.worker import work

    if processes > 1 and "embed" in queues:
        raise UsageError(
            "--processes is for --queue copy alone: a model on an accelerator does not survive "
            "being forked; start one worker per GPU for --queue embed"
        )
    if as_json:
        print_json({"queues": list(queues), "processes": processes})
    else:
        click.echo(f"carrying slices of {' and '.join(queues)}, {processes} at once")
    work(settings_of(ctx), queues, processes)
