"""`connector deadletters list|show|replay|discard`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option

if TYPE_CHECKING:
    from connector.settings import Settings
    from ingest.deadletters.letter import Letter
    from ingest.deadletters.select import Selection
    from mappings.catalogue import Catalogue

F = TypeVar("F", bound=Callable[..., Any])

_SHOWN = 2000


def filters(command: F) -> F:
    """Add the options that choose letters."""
    for option in (
        click.option("--since", metavar="WHEN", help="Parked since a time, or for 90m, 6h, 2d."),
        click.option("--id", "product", metavar="ID", help="Letters of one product."),
        click.option("--topic", metavar="TOPIC", help="Records of one of the catalogue's topics."),
        click.option("--class", "error_class", metavar="NAME", help="Faults of one class."),
    ):
        command = option(command)
    return command


@click.group()
def deadletters() -> None:
    """Look at records that could not be written, and send them again once the cause is mended.

    \b
    Example:
      connector deadletters list --class WrongType --since 6h
      connector deadletters show shop.products/0/17
      connector deadletters replay --class WrongType
    """


@deadletters.command("list")
@filters
@catalogue_option
@json_option
@click.pass_context
def list_(ctx: click.Context, /, catalogue_file: Path | None, as_json: bool, **chosen: Any) -> None:
    """List the letters that wait, one for each record, oldest place first.

    \b
    Example:
      connector deadletters list
      connector deadletters list --id B07X --json
    """
    settings, catalogue = _opened(ctx, catalogue_file)
    letters = _selection(catalogue, chosen).of(_letters(settings, catalogue, chosen["topic"]))
    if as_json:
        print_json([{"name": each.name, **each.body()} for each in letters])
        return
    for each in letters:
        click.echo(f"{each.name}  {each.at}  {each.error_class}  {_key(each)}  {each.reason}")
    click.echo(f"{len(letters):,} dead letters", err=True)


@deadletters.command()
@click.argument("letter")
@catalogue_option
@json_option
@click.pass_context
def show(ctx: click.Context, letter: str, catalogue_file: Path | None, as_json: bool) -> None:
    """Show one LETTER, named TOPIC/PARTITION/OFFSET as `list` does, and its record's value.

    The value comes from Kafka while that has it, else from the letter; what
    ingest.deadletters.redact names is left out.

    \b
    Example:
      connector deadletters show shop.products/0/17
    """
    from connector.errors import UsageError
    from ingest.deadletters.run import found

    settings, catalogue = _opened(ctx, catalogue_file)
    named = [each for each in _letters(settings, catalogue, None) if each.name == letter]
    if not named:
        raise UsageError(
            f"there is no dead letter {letter!r}; `connector deadletters list` names them"
        )
    shown = [found(settings, each) for each in named]
    if as_json:
        print_json(shown)
        return
    for each in shown:
        for name, value in each.items():
            click.echo(f"{name}: {str(value)[:_SHOWN]}")


@deadletters.command()
@filters
@catalogue_option
@json_option
@click.pass_context
def replay(
    ctx: click.Context, /, catalogue_file: Path | None, as_json: bool, **chosen: Any
) -> None:
    """Send the records of letters the product's way again; what arrives leaves the list.

    Each record keeps its own version, so whatever is newer stays. It may be stopped, killed and
    run again. The exit code is 1 when records are still refused or cannot be found any more.

    \b
    Example:
      connector deadletters replay --class UnknownField
      connector deadletters replay --topic shop.products --since 2026-01-31T12:00 --json
    """
    from ingest.deadletters import run

    settings, catalogue = _opened(ctx, catalogue_file)
    topics = _topics(catalogue, chosen["topic"])
    summary = run.replay(settings, catalogue, topics, _selection(catalogue, chosen))
    if as_json:
        print_json(summary)
    else:
        _say(summary)
    ctx.exit(1 if summary["refused"] or summary["lost"] else 0)


@deadletters.command()
@filters
@click.option("--all", "everything", is_flag=True, help="Letters of every record.")
@catalogue_option
@json_option
@click.pass_context
def discard(
    ctx: click.Context,
    /,
    catalogue_file: Path | None,
    as_json: bool,
    everything: bool,
    **chosen: Any,
) -> None:
    """Take letters off the list for good, their records unsent.

    For what nobody will mend, such as a record that is lost. Choose by a filter, or say --all.

    \b
    Example:
      connector deadletters discard --id B07X
      connector deadletters discard --class InvalidJson --topic shop.products
    """
    from connector.errors import UsageError
    from ingest.deadletters.shelf import take_away

    if not everything and not any(chosen.values()):
        raise UsageError("discard which letters? choose them by a filter, or say --all")
    settings, catalogue = _opened(ctx, catalogue_file)
    letters = _selection(catalogue, chosen).of(_letters(settings, catalogue, chosen["topic"]))
    take_away(settings.kafka, letters)
    if as_json:
        print_json({"discarded": [each.name for each in letters]})
    else:
        click.echo(f"discarded {len(letters):,} dead letters")


def _opened(ctx: click.Context, file: Path | None) -> "tuple[Settings, Catalogue]":
    from mappings.catalogue import read

    settings = settings_of(ctx)
    return settings, read(file or settings.catalogue)


def _letters(settings: "Settings", catalogue: "Catalogue", topic: str | None) -> "list[Letter]":
    from ingest.deadletters.shelf import letters_of

    return letters_of(settings.kafka, _topics(catalogue, topic))


def _topics(catalogue: "Catalogue", topic: str | None) -> list[str]:
    from connector.errors import UsageError

    if topic is None:
        return catalogue.topics
    if topic not in catalogue.topics:
        known = ", ".join(catalogue.topics)
        raise UsageError(f"--topic {topic}: catalogue {catalogue.name!r} reads {known}")
    return [topic]


def _selection(catalogue: "Catalogue", chosen: dict[str, Any]) -> "Selection":
    from datetime import UTC, datetime

    from ingest.deadletters.select import Selection, moment

    since = chosen["since"]
    return Selection(
        chosen["error_class"],
        chosen["product"],
        {inlet.topic: inlet.id for inlet in catalogue.inlets.values()},
        moment(since, datetime.now(UTC)) if since else None,
    )


def _key(letter: "Letter") -> str:
    return "-" if letter.key is None else letter.key.decode("utf-8", "backslashreplace")[:60]


def _say(summary: dict[str, Any]) -> None:
    for each in summary["refused"]:
        click.echo(f"{each['name']}  still refused  {each['error_class']}  {each['reason']}")
    for name in summary["lost"]:
        click.echo(f"{name}  lost  Kafka no longer has it, and the letter does not keep it whole")
    counts = {name: len(summary[name]) for name in ("refused", "lost")}
    click.echo(
        f"{summary['resolved']:,} of {summary['letters']:,} resolved, "
        f"{counts['refused']:,} still refused, {counts['lost']:,} lost, "
        f"{summary['other_index']:,} of another index"
    )
