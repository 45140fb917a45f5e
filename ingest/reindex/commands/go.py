"""`connector reindex start` and `resume`: a run is taken in hand until it ends or waits."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands import json_option, settings_of
from ingest.reindex.commands.opened import from_option, opened, run_argument, say
from ingest.reindex.commands.wishes import Wishes, wishes_options
from mappings.commands import catalogue_option

if TYPE_CHECKING:
    from connector.settings import Settings
    from ingest.reindex.run import Run

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@from_option
@click.option(
    "--workers",
    type=click.Choice(["local", "celery"]),
    default="local",
    show_default=True,
    help="Who carries the slices: threads of this command, or Celery workers.",
)
@click.option("--queries", type=_FILE, help="Golden queries for the gates: query_id, query.")
@click.option("--qrels", type=_FILE, help="Their judgments: query_id, product_id, grade.")
@wishes_options
@catalogue_option
@json_option
@click.pass_context
def start(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    source: str,
    workers: str,
    queries: Path | None,
    qrels: Path | None,
    wishes: Wishes,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Fill a new index by the catalogue file, follow the topics, ask the gates, move the alias.

    Searches and updates go on. After the switch both indices are fed until `finish` deletes the
    old one or `rollback` moves the alias back. Stopped or killed, it goes on with `resume`.

    \b
    Example:
      connector reindex start -c catalogue.toml
      connector reindex start --queries queries.tsv --qrels qrels.tsv
    """
    from ingest.reindex.begin import propose, require_due, run_of
    from ingest.reindex.executors import limits_of

    with opened(ctx, catalogue_file) as here:
        here.ledger.prepare()
        proposal = propose(here.client, here.ledger, here.catalogue)
        chosen: Any = source
        require_due(proposal, here.ledger, chosen)
        run = run_of(proposal, chosen, workers, queries=queries, qrels=qrels, **wishes.kept)
        limits_of(run)
        here.ledger.begin(run)
    _go(ctx, run.id, wishes.until_switched, as_json)


@click.command()
@run_argument
@wishes_options
@catalogue_option
@json_option
@click.pass_context
def resume(
    ctx: click.Context,
    run_id: str | None,
    wishes: Wishes,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Go on with a run that was stopped, killed or refused; without RUN the catalogue's last.

    \b
    Example:
      connector reindex resume
      connector reindex resume products-v4 --override latency
      connector reindex resume --canary 50%
    """
    from dataclasses import replace

    from ingest.reindex.executors import limits_of
    from ingest.reindex.hold import alive
    from ingest.reindex.sharing import require_before_switch

    with opened(ctx, catalogue_file) as here:
        run = here.named(run_id)
        if wishes.canary:
            require_before_switch(run)
        limits_of(replace(run, **wishes.kept))
        run = here.ledger.change(run.id, lambda there: replace(there, **wishes.kept))
    if wishes.canary and alive(run):
        # The command that has the run in hand follows.
        say(run, as_json)
        return
    _go(ctx, run.id, wishes.until_switched, as_json)


def _go(ctx: click.Context, run_id: str, until_switched: bool, as_json: bool) -> None:
    """Take a run in hand, and show the gates where one of them refuses."""
    from connector.errors import GateRefusedError
    from connector.telemetry import progress
    from ingest.reindex.drive import drive
    from ingest.reindex.run import State
    from ingest.reindex.waiting import sentence
    from ingest.signals import stop_on_signals

    settings, until = settings_of(ctx), State.SWITCHED if until_switched else None
    # A bar paints on the terminal and takes what is printed to it; scripts read this one.
    out = sys.stdout

    def waiting(run: "Run") -> None:
        if as_json:
            say(run, as_json, out)
        else:
            click.echo(sentence(run), file=sys.stderr)

    try:
        with stop_on_signals() as stop, progress(f"reindex {run_id}", unit="documents") as bar:
            run = drive(settings, run_id, stop, bar, until, waiting)
    except GateRefusedError:
        _screen(settings, run_id)
        raise
    say(run, as_json)


def _screen(settings: "Settings", run_id: str) -> None:
    from contextlib import closing

    from connector.cluster import connect
    from ingest.reindex.gates.run import shown
    from ingest.reindex.ledger import Ledger
    from mappings.gate import Verdict

    with closing(connect(settings.opensearch)) as client:
        run = Ledger(client).run(run_id)
    verdicts = [Verdict(**each) for each in run.verdicts]
    for line in shown(verdicts, run.overridden):
        click.echo(line, err=True)
