"""The file of rules, read again when it changes."""

import time
from collections.abc import Callable
from pathlib import Path

from mappings.catalogue import Catalogue
from query.after.rules import Rules, read
from query.watched import Content, Looks, stamp_of


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
        self._file, self._catalogue = file, catalogue
        stamp = stamp_of(file)
        self._now = Content(self._read(), stamp)
        self._looks = Looks(self._look, clock)

    def current(self) -> tuple[Rules, str]:
        """Return the rules in force and what is wrong with the file, empty when nothing is."""
        self._looks()
        now = self._now
        return now.good, now.fault

    def _look(self) -> None:
        stays = "the last good rules stay in force"
        self._now = self._now.again(stamp_of(self._file), self._read, stays)

    def _read(self) -> Rules:
        return read(self._file, self._catalogue)
