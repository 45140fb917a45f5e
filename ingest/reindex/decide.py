"""What somebody has to decide: the old index goes, the alias goes back, or the new index goes."""

import logging
import threading
import time
from dataclasses import replace

from opensearchpy import OpenSearch

from connector.cluster import faults
from connector.errors import RefusedError
from connector.settings import Settings
from connector.telemetry import Progress
from ingest.reindex import cutover, groups, indices
from ingest.reindex.catchup import catch_up
from ingest.reindex.hold import alive, await_free, died_here
from ingest.reindex.ledger import LEASE_S, Ledger
from ingest.reindex.run import BEFORE_SWITCH, Run, State
from ingest.reindex.tail import Tail
from ingest.run import now
from mappings.apply import put_template
from mappings.canary import unmark
from mappings.contract import contract_of
from mappings.live import find_index, open_index, open_physical

log = logging.getLogger(__name__)


def finish(settings: Settings, client: OpenSearch, ledger: Ledger, run: Run) -> Run:
    """Delete the old index and its group: there is no way back afterwards.

    Raises:
        RefusedError: the run is not switched, or workers still feed the old index.
        RetryLaterError: a server is away; finish again later.
    """
    _require(run, {State.SWITCHED, State.FINISHED}, "finished")
    if open_index(client, run.catalogue).physical == run.old:
        raise RefusedError(f"the alias {run.catalogue!r} leads to {run.old!r}; nothing was deleted")
    if run.state is State.SWITCHED:
        others = groups.members(settings.kafka, run.old) - alive(run)
        if others > 0:
            raise RefusedError(
                f"{others} worker(s) still feed {run.old!r}: restart them, so that they feed "
                f"{run.id!r} (`connector ingest` follows the alias), then finish again"
            )
    run = _end(ledger, run, State.FINISHED)
    await_free(ledger, run.id)
    indices.drop(client, run.old)
    groups.delete(settings.kafka, run.old)
    return run


def rollback(
    settings: Settings, client: OpenSearch, ledger: Ledger, run: Run, bar: Progress
) -> Run:
    """Let the alias lead to the old index again, once that has what the topics have.

    Raises:
        RefusedError: the run is not switched, or the old index is gone.
        RetryLaterError: a server is away; roll back again later.
    """
    _require(run, {State.SWITCHED, State.ROLLED_BACK}, "rolled back")
    old = open_physical(client, run.old)
    tail = Tail(settings, run.old)
    tail.start()
    try:

        def look(done: int, total: int) -> None:
            tail.check()
            bar.update(done, total, f"{run.old} follows")

        stop = threading.Event()
        topics, within = old.catalogue.topics, settings.reindex.lag_s
        catch_up(settings.kafka, run.old, topics, within, stop.wait, look)
        cutover.switch(client, run.catalogue, run.id, run.old)
    finally:
        tail.stop()
    _template(client, run)
    return _end(ledger, run, State.ROLLED_BACK)


def abort(settings: Settings, client: OpenSearch, ledger: Ledger, run: Run) -> Run:
    """Delete the new index and its group; the old one was searched all the time, if it is there.

    Raises:
        RefusedError: searches reach the new index.
        RetryLaterError: a server is away; abort again later.
    """
    _require(run, {*BEFORE_SWITCH, State.ROLLED_BACK, State.ABORTED}, "aborted")
    _require_unsearched(client, run)
    run = _end(ledger, run, State.ABORTED)
    await_free(ledger, run.id)
    # The command that had it in hand may have been about to switch.
    _require_unsearched(client, run)
    _await_slices(ledger, run)
    if indices.there(client, run.old):
        unmark(client, run.old)
        _template(client, run)
    indices.drop(client, run.id)
    groups.delete(settings.kafka, run.id)
    return run


def _await_slices(ledger: Ledger, run: Run) -> None:
    """Wait for workers on other machines: a late write could make the index anew."""
    ledger.release(run, died_here)
    if left := ledger.in_hand(run):
        owners = ", ".join(sorted({each.owner for each in left}))
        log.warning("waiting for slices in the hand of %s, %.0f s at most", owners, LEASE_S)
    while ledger.in_hand(run):
        time.sleep(0.5)


def _require(run: Run, states: set[State], what: str) -> None:
    if run.state not in states:
        raise RefusedError(
            f"the run {run.id!r} is {run.state} and cannot be {what}; docs/reindex.md says what "
            "can be done in each state"
        )


def _require_unsearched(client: OpenSearch, run: Run) -> None:
    live = find_index(client, run.catalogue)
    if live is not None and live.physical == run.id:
        raise RefusedError(
            f"the alias {run.catalogue!r} leads to {run.id!r}: roll back first "
            "(`connector reindex rollback`)"
        )


def _end(ledger: Ledger, run: Run, state: State) -> Run:
    """Let the run end, unless its state has changed meanwhile."""
    before = run.state

    def change(there: Run) -> Run:
        if there.state is state or there.state is not before:
            return there
        return replace(
            there, state=state, entered={**there.entered, state.value: now()}, trouble=""
        )

    after = ledger.change(run.id, change)
    _require(after, {state}, str(state))
    return after


def _template(client: OpenSearch, run: Run) -> None:
    """Let the template make what the old index is, again."""
    old = open_physical(client, run.old).catalogue
    with faults(f"writing the index template {old.name!r}"):
        put_template(client, old, contract_of(old))
