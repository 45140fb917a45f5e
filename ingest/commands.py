"""`connector publish` and `connector ingest`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option

if TYPE_CHECKING:
    from connector.settings import Settings
    from mappings.catalogue import Catalogue


@click.command()
@click.argument("file")
@click.option(
    "--partitions",
    type=click.IntRange(1, 1000),
    default=4,
    show_default=True,
    help="Partitions of the topic, where it is missing.",
)
@click.option(
    "--stream",
    default="product",
    show_default=True,
    help="Stream that the lines belong to, e.g. price; the catalogue names its topic.",
)
@catalogue_option
@json_option
@click.pass_context
def publish(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    file: str,
    partitions: int,
    stream: str,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Send the JSON lines of FILE to a stream's topic, the product's id as the key.

    FILE may be plain or .gz, or - for standard input. The topic is created where it is missing.

    \b
    Example:
      connector publish examples/shop/products.jsonl
      zcat export.jsonl.gz | connector publish -
      connector publish --stream price prices.jsonl
    """
    from connector.errors import UsageError
    from connector.telemetry import progress
    from ingest import publish as publishing

    settings = settings_of(ctx)
    catalogue = _catalogue(ctx, catalogue_file)
    if stream not in catalogue.inlets:
        known = ", ".join(catalogue.inlets)
        raise UsageError(f"--stream {stream}: catalogue {catalogue.name!r} has {known}")
    source = catalogue.inlets[stream]
    with progress("publish") as bar:
        sent = publishing.publish(settings.kafka, source, file, partitions, bar.update)
    topic = source.topic
    if as_json:
        print_json({"topic": topic, "records": sent})
    else:
        click.echo(f"published {sent:,} records to {topic}")


def _named(_ctx: click.Context, _option: click.Parameter, value: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (value or "").split(",") if name.strip())


@click.command()
@click.option(
    "--until-caught-up",
    is_flag=True,
    help="Stop when every record that is in the topic now is finished.",
)
@click.option(
    "--from-beginning",
    is_flag=True,
    help="Read every topic again from its first record. No other worker may be running.",
)
@click.option(
    "--accept-topic",
    "accepted",
    metavar="TOPIC",
    multiple=True,
    help="Take a topic that was made anew, or was given partitions, for newer than all before, where "
    "offsets are its versions. No other worker may be running.",
)
@click.option(
    "--devices",
    metavar="LIST",
    callback=_named,
    help="Run one worker process on each, e.g. cuda:0,cuda:1.",
)
@click.option(
    "--index",
    metavar="NAME",
    help="Feed this physical index, by the catalogue that it keeps, instead of the alias's: the one "
    "that a reindex left behind, until it is finished.",
)
@catalogue_option
@json_option
@click.pass_context
def ingest(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    until_caught_up: bool,
    from_beginning: bool,
    accepted: tuple[str, ...],
    devices: tuple[str, ...],
    index: str | None,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Run the worker: embed product updates from Kafka and write them into OpenSearch.

    It runs until it is stopped (SIGTERM or Ctrl-C: what is in hand is finished first). Several
    workers share a topic's partitions. The last line is a summary of what was done.

    \b
    Example:
      connector ingest
      connector ingest --until-caught-up --json
      connector ingest --devices cuda:0,cuda:1
      connector ingest --index products-v1
    """
    from ingest.signals import nothing_in_hand

    with nothing_in_hand():
        settings = settings_of(ctx)
        catalogue = _kept(settings, index) if index else _catalogue(ctx, catalogue_file)
        if accepted:
            from ingest.generations import accept

            accept(settings, catalogue, accepted, index)
        if devices:
            from ingest.fleet import run as fleet

            if from_beginning:
                fleet.start_over(settings, catalogue, index)
            verbose = ctx.find_root().obj["verbose"]
            summary = fleet.run(devices, settings, catalogue, until_caught_up, verbose, index)
        else:
            from ingest.run import run

            summary = run(settings, catalogue, until_caught_up, from_beginning, index)
    if as_json:
        print_json(summary)
    else:
        click.echo(_line(summary))


def _catalogue(ctx: click.Context, file: Path | None) -> "Catalogue":
    from mappings.catalogue import read

    return read(file or settings_of(ctx).catalogue)


def _kept(settings: "Settings", index: str) -> "Catalogue":
    """Return the catalogue that a physical index keeps."""
    from contextlib import closing

    from connector.cluster import connect
    from mappings.live import open_physical

    with closing(connect(settings.opensearch)) as client:
        return open_physical(client, index).catalogue


def _line(summary: dict[str, Any]) -> str:
    counts = ", ".join(
        f"{name.replace('_', ' ')} {value:,}" for name, value in summary.items() if value
    )
    return f"done: {counts or 'nothing to do'}"
