"""`connector reindex finish|rollback|abort`: how a run ends."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import json_option
from ingest.reindex.commands.opened import opened, run_argument, say
from mappings.commands import catalogue_option

if TYPE_CHECKING:
    from ingest.reindex.commands.opened import Here


@click.command()
@run_argument
@catalogue_option
@json_option
@click.pass_context
def finish(
    ctx: click.Context, run_id: str | None, catalogue_file: Path | None, as_json: bool
) -> None:
    """Delete the old index and its consumer group: there is no way back afterwards.

    \b
    Example:
      connector reindex finish
    """
    from ingest.reindex import decide

    with opened(ctx, catalogue_file) as here:
        run = decide.finish(here.settings, here.client, here.ledger, here.named(run_id))
        say(run, as_json)
        _say_if_unfed(here, run.id)


@click.command()
@run_argument
@catalogue_option
@json_option
@click.pass_context
def rollback(
    ctx: click.Context, run_id: str | None, catalogue_file: Path | None, as_json: bool
) -> None:
    """Let searches reach the old index again, with every update that came since.

    \b
    Example:
      connector reindex rollback
    """
    from connector.telemetry import progress
    from ingest.reindex import decide
    from ingest.reindex.hold import await_free

    with opened(ctx, catalogue_file) as here, progress("rollback") as bar:
        run = here.named(run_id)
        say(decide.rollback(here.settings, here.client, here.ledger, run, bar), as_json)
        await_free(here.ledger, run.id)
        _say_if_unfed(here, run.old)


@click.command()
@run_argument
@catalogue_option
@json_option
@click.pass_context
def abort(
    ctx: click.Context, run_id: str | None, catalogue_file: Path | None, as_json: bool
) -> None:
    """Give a run up before the switch, or after a rollback: the new index is deleted.

    \b
    Example:
      connector reindex abort
    """
    from ingest.reindex import decide

    with opened(ctx, catalogue_file) as here:
        run = decide.abort(here.settings, here.client, here.ledger, here.named(run_id))
        say(run, as_json)


def _say_if_unfed(here: "Here", index: str) -> None:
    """Tell when searches reach an index that nobody feeds any more."""
    from ingest.reindex import groups

    if not groups.members(here.settings.kafka, index):
        click.echo(f"no worker feeds {index!r}: start `connector ingest`", err=True)
