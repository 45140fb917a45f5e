"""`connector reindex plan|start|status|resume|rollback|abort|finish`."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from connector.settings import Settings
    from ingest.reindex.ledger import Ledger
    from ingest.reindex.run import Run
    from mappings.catalogue import Catalogue

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

run_argument = click.argument("run_id", metavar="[RUN]", required=False)
from_option = click.option(
    "--from",
    "source",
    type=click.Choice(["index", "log"]),
    default="index",
    show_default=True,
    help="Fill the new index from the old one, or from the topics' first records.",
)
override_option = click.option(
    "--override",
    "overridden",
    metavar="GATE",
    multiple=True,
    help="Switch also where this gate refuses; may be given several times.",
)
rate_option = click.option(
    "--rate",
    type=click.FloatRange(1),
    metavar="DOCS_PER_S",
    help="Carry at most so many documents a second.",
)
window_option = click.option(
    "--window",
    "windows",
    metavar="HH:MM-HH:MM",
    multiple=True,
    help="Carry documents at this time of day only; may be given several times.",
)
until_option = click.option(
    "--until-switched",
    is_flag=True,
    help="End once searches reach the new index, instead of feeding both until a decision.",
)


@click.group()
def reindex() -> None:
    """Bring a new model or mapping in under live traffic.

    \b
    Example:
      connector reindex plan
      connector reindex start
      connector reindex finish
    """


@reindex.command()
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

    with _opened(ctx, catalogue_file) as here:
        found = estimate(here.settings, here.client, here.ledger, here.catalogue, source, sample)
    if as_json:
        print_json(found.as_json())
        return
    for line in found.lines():
        click.echo(line)


@reindex.command()
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
@override_option
@rate_option
@window_option
@until_option
@catalogue_option
@json_option
@click.pass_context
def start(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    source: str,
    workers: str,
    queries: Path | None,
    qrels: Path | None,
    overridden: tuple[str, ...],
    rate: float | None,
    windows: tuple[str, ...],
    until_switched: bool,
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

    with _opened(ctx, catalogue_file) as here:
        here.ledger.prepare()
        proposal = propose(here.client, here.ledger, here.catalogue)
        chosen: Any = source
        require_due(proposal, here.ledger, chosen)
        run = run_of(
            proposal,
            chosen,
            workers,
            overridden=overridden,
            rate=rate,
            windows=windows,
            queries=queries,
            qrels=qrels,
        )
        limits_of(run)
        here.ledger.begin(run)
    _go(ctx, run.id, until_switched, as_json)


@reindex.command()
@run_argument
@override_option
@rate_option
@window_option
@until_option
@catalogue_option
@json_option
@click.pass_context
def resume(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    run_id: str | None,
    overridden: tuple[str, ...],
    rate: float | None,
    windows: tuple[str, ...],
    until_switched: bool,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Go on with a run that was stopped, killed or refused; without RUN the catalogue's last.

    \b
    Example:
      connector reindex resume
      connector reindex resume products-v4 --override latency
    """
    from dataclasses import replace

    from ingest.reindex.executors import limits_of

    with _opened(ctx, catalogue_file) as here:
        run = _named(here, run_id)
        asked: dict[str, Any] = {"overridden": overridden, "rate": rate, "windows": windows}
        given = {name: value for name, value in asked.items() if value}
        limits_of(replace(run, **given))
        here.ledger.change(run.id, lambda there: replace(there, **given))
    _go(ctx, run.id, until_switched, as_json)


@reindex.command()
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


@reindex.command()
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

    with _opened(ctx, catalogue_file) as here:
        if everything:
            runs = here.ledger.runs(here.catalogue.name)
            if as_json:
                print_json([{"id": run.id, "state": run.state, **run.entered} for run in runs])
            for run in () if as_json else runs:
                click.echo(f"{run.id:<24} {run.state:<12} {run.entered.get('planned', '')}")
            return
        run = _named(here, run_id)
        looks = (
            watching(here.settings, here.ledger, run.id, 2.0)
            if watch
            else iter([status_of(here.settings, here.ledger, run)])
        )
        for seen in looks:
            if watch and not as_json:
                click.clear()
            print_json(seen.as_json()) if as_json else click.echo("\n".join(seen.lines()))


@reindex.command()
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
    from ingest.reindex import decide, groups

    with _opened(ctx, catalogue_file) as here:
        run = decide.finish(here.settings, here.client, here.ledger, _named(here, run_id))
        _say(run, as_json)
        if not groups.members(here.settings.kafka, run.id):
            click.echo(f"no worker feeds {run.id!r}: start `connector ingest`", err=True)


@reindex.command()
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

    with _opened(ctx, catalogue_file) as here, progress("rollback") as bar:
        run = _named(here, run_id)
        _say(decide.rollback(here.settings, here.client, here.ledger, run, bar), as_json)


@reindex.command()
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

    with _opened(ctx, catalogue_file) as here:
        run = decide.abort(here.settings, here.client, here.ledger, _named(here, run_id))
        _say(run, as_json)


@dataclass(frozen=True)
class _Here:
    """What every one of these commands opens."""

    settings: "Settings"
    catalogue: "Catalogue"
    client: "OpenSearch"
    ledger: "Ledger"


@contextmanager
def _opened(ctx: click.Context, file: Path | None) -> "Iterator[_Here]":
    from contextlib import closing

    from connector.cluster import connect
    from ingest.reindex.ledger import Ledger
    from mappings.catalogue import read

    settings = settings_of(ctx)
    with closing(connect(settings.opensearch)) as client:
        yield _Here(settings, read(file or settings.catalogue), client, Ledger(client))


def _named(here: _Here, run_id: str | None) -> "Run":
    """Return the run that is meant."""
    from connector.errors import UsageError

    if run_id:
        return here.ledger.run(run_id)
    runs = here.ledger.runs(here.catalogue.name)
    if not runs:
        raise UsageError(
            f"there is no reindex run of {here.catalogue.name!r}; begin one with "
            "`connector reindex start`"
        )
    return runs[0]


def _go(ctx: click.Context, run_id: str, until_switched: bool, as_json: bool) -> None:
    """Take a run in hand, and show the gates where one of them refuses."""
    from connector.errors import GateRefusedError
    from connector.telemetry import progress
    from ingest.reindex.drive import drive
    from ingest.reindex.run import State
    from ingest.signals import stop_on_signals

    settings, until = settings_of(ctx), State.SWITCHED if until_switched else None
    try:
        with stop_on_signals() as stop, progress(f"reindex {run_id}", unit="documents") as bar:
            run = drive(settings, run_id, stop, bar, until)
    except GateRefusedError:
        _screen(settings, run_id)
        raise
    _say(run, as_json)


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


def _say(run: "Run", as_json: bool) -> None:
    if as_json:
        print_json({"run": run.id, "old": run.old, "state": run.state})
    else:
        click.echo(f"{run.id}: {run.state}")
