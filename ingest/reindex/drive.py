"""A run goes from state to state, until it has to wait for somebody's decision."""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from connector import cluster
from connector.errors import ConnectorError, IndexMissingError
from connector.settings import Settings
from connector.telemetry import Progress
from ingest.reindex import indices
from ingest.reindex.case import Case
from ingest.reindex.executors import executor_of
from ingest.reindex.hold import hold
from ingest.reindex.ledger import Ledger
from ingest.reindex.run import ENDED, Run, State
from ingest.reindex.steps import STEPS


def drive(  # noqa: PLR0913, PLR0917 - what is driven, and who hears of it
    settings: Settings,
    run_id: str,
    stop: threading.Event,
    bar: Progress,
    until: State | None = None,
    waiting: Callable[[Run], None] = lambda _: None,
) -> Run:
    """Take a run in hand and go on with it from where it stands; return how it stands at the end.

    Args:
        settings: of this place.
        run_id: the run.
        stop: when set, what is in hand is finished, and the run waits for `resume`.
        bar: hears how far it is.
        until: the state in which to leave it.
        waiting: told when it waits for somebody's decision.

    Raises:
        ConnectorError: why it cannot go on; the ledger keeps it, too.
    """
    with closing(cluster.connect(settings.opensearch, pool=32)) as client:
        ledger = Ledger(client)
        with hold(ledger, run_id, stop) as run:
            executor = executor_of(settings, client, ledger, run)
            case = Case(settings, client, ledger, run, executor, stop, bar, waiting)
            return _go(case, until)


def _go(case: Case, until: State | None) -> Run:
    try:
        while case.run.state not in {*ENDED, until}:
            before = case.run.state
            STEPS[before](case)
            case.look()
            if case.run.state is before:
                case.check()
    except ConnectorError as found:
        error = _explained(case, found)
        said = str(error)
        now = case.ledger.change(case.run.id, lambda run: _troubled(run, said))
        # Another command has ended the run: that is no trouble of this one.
        if now.state in ENDED:
            return now
        raise error from found
    finally:
        for tail in case.tails.values():
            tail.stop()
    return case.run


def _explained(case: Case, error: ConnectorError) -> ConnectorError:
    """Return what to do where an index is gone: a worker's advice would be another."""
    if not isinstance(error, IndexMissingError):
        return error
    run = case.run
    for name, way in ((run.id, "rollback"), (run.old, "finish")):
        if not indices.there(case.client, name):
            ends = way if run.state is State.SWITCHED else "abort"
            return IndexMissingError(
                f"the index {name!r} is gone, deleted by somebody else while the run {run.id!r} was "
                f"{run.state}; `connector reindex {ends} {run.id}` ends the run"
            )
    return error


def _troubled(run: Run, said: str) -> Run:
    return run if run.state in ENDED else replace(run, trouble=said)
