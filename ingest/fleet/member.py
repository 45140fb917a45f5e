"""A device's process, and those that stand in for it when it dies."""

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import connection
from typing import Any

from connector.errors import ConnectorError, RetryLaterError, WorkerDiedError

log = logging.getLogger(__name__)

# What a member does until it is done, or told to stop by SIGTERM; it returns a summary. It is
# pickled: no lambda, no open connection.
Work = Callable[[], dict[str, Any]]

# A worker that lived so long was well; its next death counts as the first.
_WELL_S = 60.0


@dataclass(frozen=True)
class Patience:
    """How often a dead worker is started again.

    Attributes:
        pause_s: before the first time; doubles.
        deaths: after so many in a row the fleet gives up.
    """

    pause_s: float = 1.0
    deaths: int = 5


class Member:
    """Processes of one device, one after the other.

    Args:
        device: its name.
        work: what a process does.
        patience: with those that die.
    """

    def __init__(self, device: str, work: Work, patience: Patience) -> None:
        self.device, self._work, self._patience = device, work, patience
        self.process: multiprocessing.process.BaseProcess | None = None
        self.summary: dict[str, Any] | None = None
        self.done = False
        self.restarts = -1
        self._deaths = 0
        self._due = self._started = time.monotonic()
        self._asked = False

    def start_when_due(self) -> None:
        """Start a process, unless one runs or the pause after the last is not over."""
        if self.done or self.process is not None or time.monotonic() < self._due:
            return
        spawn = multiprocessing.get_context("spawn")
        self._heard, tell = spawn.Pipe(duplex=False)
        process = spawn.Process(target=_live, args=(tell, self._work), name=self.device)
        process.start()
        self.process = process
        tell.close()
        self._started = time.monotonic()
        self.restarts += 1

    def ask_to_end(self) -> None:
        """Send SIGTERM, once; one that waits for its next start is done."""
        if self.process is None:
            self.done = True
        elif not self._asked:
            self._asked = True
            self.process.terminate()

    def look(self, *, stopping: bool) -> None:
        """Take notice if the process has ended.

        Raises:
            ConnectorError: it must not be started again.
        """
        if self.process is None or self.process.is_alive():
            return
        told = self._told()
        code, self.process = self.process.exitcode, None
        if isinstance(told, dict):
            self.summary, self.done = told, True
        elif stopping and not isinstance(told, ConnectorError):
            self.done = True
        else:
            self._mourn(told or WorkerDiedError(_last_words(code)), stopping=stopping)

    def end(self) -> None:
        """Have the process end, and wait for it."""
        if self.process is not None:
            self.ask_to_end()
            self.process.join()

    def _told(self) -> Any:
        try:
            return self._heard.recv()
        except EOFError:
            return None
        finally:
            self._heard.close()

    def _mourn(self, error: ConnectorError, *, stopping: bool) -> None:
        lived = time.monotonic() - self._started
        self._deaths = 1 if lived >= _WELL_S else self._deaths + 1
        mortal = isinstance(error, RetryLaterError | WorkerDiedError)
        if stopping or not mortal or self._deaths >= self._patience.deaths:
            raise type(error)(f"worker on {self.device}: {error}") from error
        pause = self._patience.pause_s * 2 ** (self._deaths - 1)
        self._due = time.monotonic() + pause
        log.warning("worker on %s: %s; started again in %.1f s", self.device, error, pause)


def _last_words(code: int | None) -> str:
    if code is not None and code < 0:
        return f"it was ended by {signal.Signals(-code).name}; see the kernel's log for the reason"
    return f"it ended unexpectedly (exit code {code}); see its log"


def _live(tell: connection.Connection, work: Work) -> None:
    """Run in the worker's process: its work's summary or error is what it tells."""
    # Ctrl-C in a terminal goes to the whole group; the fleet alone hears it, and passes it on.
    os.setpgid(0, 0)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        tell.send(work())
    except ConnectorError as error:
        tell.send(error)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
