"""`connector reindex plan` and `status`: what would be done, and how a run stands."""

from pathlib import Path

import click

from connector.commands import json_option, print_json
from ingest.reindex.commands.opened import from_option, opened, run_argument
from mappings.commands import catalogue_option


@click.command()
@from_option
@click.option(
    "--sample",
    type=click.IntRange(10, 5000),
    default=200,
    show_default=True,
    help="Products that are read, and embedded where needed, to measure the pace.",
)
@catalogue_option
@json_option
@click.pass_context
def plan(
    ctx: click.Context, source: str, sample: int, catalogue_file: Path | None, as_json: bool
) -> None:
    """Say what a reindex to the catalogue file would do and take; nothing is changed.

    \b
    Example:
      connector reindex plan -c catalogue.toml
    """
    from ingest.reindex.estimate import estimate

    with opened(ctx, catalogue_file) as here:
        found = estimate(here.settings, here.client, here.ledger, here.catalogue, source, sample)
    if as_json:
        print_json(found.as_json())
        return
    for line in found.lines():
        click.echo(line)


@click.command()
@run_argument
@click.option("--watch", is_flag=True, help="Show it again every two seconds until the run ends.")
@click.option("--all", "everything", is_flag=True, help="List every run of the catalogue.")
@catalogue_option
@json_option
@click.pass_context
def status(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    run_id: str | None,
    watch: bool,
    everything: bool,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Show how a run stands and what to type next; without RUN the catalogue's last.

    \b
    Example:
      connector reindex status --watch
      connector reindex status --json
    """
    from ingest.reindex.status import status_of
    from ingest.reindex.status import watch as watching

    with opened(ctx, catalogue_file) as here:
        if everything:
            runs = here.ledger.runs(here.catalogue.name)
            if as_json:
                print_json([{"id": run.id, "state": run.state, **run.entered} for run in runs])
            for run in () if as_json else runs:
                click.echo(f"{run.id:<24} {run.state:<12} {run.entered.get('planned', '')}")
            return
        run = here.named(run_id)
        looks = (
            watching(here.settings, here.ledger, run.id, 2.0)
            if watch
            else iter([status_of(here.settings, here.ledger, run)])
        )
        for seen in looks:
            if watch and not as_json:
                click.clear()
            print_json(seen.as_json()) if as_json else click.echo("\n".join(seen.lines()))
