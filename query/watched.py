"""Files that people change while searches run: what changed is read, what is wrong is not in force."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from connector.errors import ConnectorError

log = logging.getLogger(__name__)

T = TypeVar("T")
Stamp = tuple[int, int, int]

# Seconds between two looks: a change is in force a second later at most.
LOOK_AGAIN = 1.0
# Of a file that is not there.
GONE: Stamp = (0, 0, 0)


class Looks:
    """Looks from time to time, when a search comes by. Threads may share it.

    Args:
        look: reads what changed.
        clock: seconds, monotonic.
    """

    def __init__(self, look: Callable[[], None], clock: Callable[[], float]) -> None:
        self._look, self._clock = look, clock
        self._looking = threading.Lock()
        self._looked = clock()

    def __call__(self) -> None:
        """Look, if it is time: one thread does, the others go on with what there is."""
        due = self._clock() - self._looked >= LOOK_AGAIN
        if due and self._looking.acquire(blocking=False):
            try:
                self._looked = self._clock()
                self._look()
            finally:
                self._looking.release()


@dataclass(frozen=True)
class Content(Generic[T]):
    """What a file said when it was last good, and what is wrong with it since.

    Attributes:
        good: what it said.
        stamp: of the file as it was looked at; None where it could not be read, so that it is tried
            again at every look.
        fault: empty when nothing is wrong.
    """

    good: T
    stamp: Stamp | None = None
    fault: str = ""

    def again(self, stamp: Stamp | None, read: Callable[[], T], stays: str) -> "Content[T]":
        """Return what the file says now; what is wrong with it is logged once.

        Args:
            stamp: of the file.
            read: raises a `ConnectorError` where the file is wrong.
            stays: what is in force then.
        """
        if stamp and stamp == self.stamp:
            return self
        try:
            return Content(read(), stamp)
        except ConnectorError as error:
            fault = f"{error}; {stays}"
            if fault != self.fault:
                log.warning("%s", fault)
            # Permissions that are given back, or a disk that answers again, change no stamp.
            unread = isinstance(error.__cause__, OSError)
            return replace(self, stamp=None if unread else stamp, fault=fault)


def stamp_of(file: Path) -> Stamp | None:
    """Return what tells one state of a file from another, or `GONE`; None where nobody can look."""
    try:
        state = file.stat()
    except FileNotFoundError:
        return GONE
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size, state.st_ino
