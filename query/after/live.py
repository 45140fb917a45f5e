"""The file of rules, read again when it changes."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from connector.errors import RulesError
from mappings.catalogue import Catalogue
from query.after.rules import Rules, read

log = logging.getLogger(__name__)

Stamp = tuple[int, int, int]

# Seconds between two looks at the file.
LOOK_AGAIN = 1.0


class LiveRules:
    """Rules in force. Threads may share it.

    The file must be right when it is opened. Later a search never waits for a change and never
    fails by one: while the file is wrong its last good rules stay in force, and `fault` tells why.

    Args:
        file: of the rules.
        catalogue: whose fields they name.
        clock: seconds, monotonic.

    Raises:
        RulesError: the file is wrong.
    """

    def __init__(
        self, file: Path, catalogue: Catalogue, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._file, self._catalogue, self._clock = file, catalogue, clock
        self._looking = threading.Lock()
        self._looked = clock()
        self._stamp: Stamp | None = _stamp(file)
        self._now = read(file, catalogue), ""

    def current(self) -> tuple[Rules, str]:
        """Return the rules in force and what is wrong with the file, empty when nothing is."""
        due = self._clock() - self._looked >= LOOK_AGAIN
        # One thread looks; the others go on with what there is.
        if due and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return self._now

    def _look(self) -> None:
        self._looked = self._clock()
        stamp = _stamp(self._file)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._now = read(self._file, self._catalogue), ""
        except RulesError as error:
            fault = f"{error}; the last good rules stay in force"
            if fault != self._now[1]:
                log.warning("%s", fault)
            self._now = self._now[0], fault
            if isinstance(error.__cause__, OSError):
                # Permissions that are given back change no stamp: it is tried again at every look.
                self._stamp = None


def _stamp(file: Path) -> Stamp:
    """Return what tells one state of the file from another; zeros when it cannot be seen."""
    try:
        state = file.stat()
    except OSError:
        return 0, 0, 0
    return state.st_mtime_ns, state.st_size, state.st_ino
