"""A run is in one command's hand at a time: the one whose heart beats in the ledger."""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from connector.errors import ConnectorError, RefusedError
from ingest.reindex.ledger import Ledger
from ingest.reindex.run import ENDED, Run

log = logging.getLogger(__name__)

BEAT_S = 3.0
# A command that has been silent for so long is taken for dead.
DEAD_S = 15.0


@contextmanager
def hold(ledger: Ledger, run_id: str, stop: threading.Event) -> Iterator[Run]:
    """Take a run in hand while the block lasts; `stop` is set when another command ends it.

    A dead command's run can be taken: at once where it died on this machine, else when it has been
    silent for `DEAD_S`.

    Raises:
        RefusedError: a living command has it.
    """
    me = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    run = _take(ledger, run_id, me)
    done = threading.Event()
    heart = threading.Thread(target=_beat, args=(ledger, run_id, me, stop, done), daemon=True)
    heart.start()
    try:
        yield run
    finally:
        done.set()
        heart.join()
        _let_go(ledger, run_id, me)


def alive(run: Run) -> bool:
    """Whether a command has a run in hand, as far as the ledger tells."""
    return bool(run.driver) and time.time() - run.beat < DEAD_S and not died_here(run.driver)


def await_free(ledger: Ledger, run_id: str) -> None:
    """Wait until no command has a run in hand."""
    while alive(ledger.run(run_id)):
        time.sleep(0.5)


def _take(ledger: Ledger, run_id: str, me: str) -> Run:
    seen = ledger.run(run_id)
    while alive(seen):
        time.sleep(1.0)
        now = ledger.run(run_id)
        if (now.driver, now.beat) != (seen.driver, seen.beat) and alive(now):
            raise RefusedError(
                f"the run {run_id!r} is in the hand of another command ({now.driver}); end that "
                "one first, or watch it with `connector reindex status`"
            )
        seen = now
    mine = ledger.change(run_id, lambda run: _mine(run, seen.driver, me))
    if mine.driver != me:
        raise RefusedError(f"the run {run_id!r} was taken by another command ({mine.driver})")
    return mine


def _mine(run: Run, before: str, me: str) -> Run:
    """Take it only from whom it was seen with: two may see the same command dead."""
    return replace(run, driver=me, beat=time.time()) if run.driver == before else run


def _beat(
    ledger: Ledger, run_id: str, me: str, stop: threading.Event, done: threading.Event
) -> None:
    while not done.wait(BEAT_S):
        try:
            run = ledger.change(run_id, lambda run: _beaten(run, me))
        except ConnectorError as error:
            log.debug("the ledger does not hear: %s", error)
            continue
        if run.driver != me or run.state in ENDED:
            stop.set()


def _beaten(run: Run, me: str) -> Run:
    return replace(run, beat=time.time()) if run.driver == me else run


def _let_go(ledger: Ledger, run_id: str, me: str) -> None:
    try:
        ledger.change(run_id, lambda run: replace(run, driver="") if run.driver == me else run)
    except ConnectorError as error:
        log.debug("the ledger does not hear: %s", error)


def died_here(driver: str) -> bool:
    """Whether a driver, or a slice's owner, is of this machine and its process is gone."""
    host, process, _ = driver.rsplit("-", 2)
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
