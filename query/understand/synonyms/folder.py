"""A folder of synonyms files, read again when one of them changes."""

import logging
import os
import time
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

from connector.errors import SynonymsError
from query.understand.synonyms.matcher import Matcher
from query.understand.synonyms.rules import Rule
from query.understand.synonyms.solr import parse
from query.watched import GONE, Content, Looks, Stamp, stamp_of

log = logging.getLogger(__name__)

ACCEPTED = "accepted.txt"
CURATED = "curated*.txt"

_Rules = tuple[Rule, ...]


class SynonymsFolder:
    """The rules of `curated*.txt`, written by people, and of `accepted.txt`, written by `apply`.

    No search fails by a change: a file that became wrong keeps its last good rules, or none where
    there were none, and its fault is told with every query. The search that notices a change reads
    it, the others go on. Of two rules about one pair the first counts, and curated files come
    first. Threads may share it.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._files: dict[Path, Content[_Rules]] = {}
        self._there: bool | None = True
        self._now: tuple[Matcher, tuple[str, ...]] = Matcher(()), ()
        self._looks = Looks(self._look, clock)
        self._look()

    def current(self) -> tuple[Matcher, tuple[str, ...]]:
        """Return the rules in force and the faults of broken files, one line each."""
        self._looks()
        return self._now

    def _look(self) -> None:
        try:
            stamps = {file: stamp_of(file) for file in files(self._path)}
        except SynonymsError as error:
            self._closed(f"{error}; the last good rules stay in force")
            return
        there = os.path.isdir(self._path)  # noqa: PTH112 - Path.is_dir raises without permission
        # A link that leads nowhere is no file.
        found = {file: self._read(file, now) for file, now in stamps.items() if now != GONE}
        if found == self._files and there == self._there:
            return
        self._files, self._there = found, there
        rules = [rule for content in found.values() for rule in content.good]
        faults = [content.fault for content in found.values() if content.fault]
        if not there:
            faults = [f"{self._path}: no such folder; make it, or correct search.synonyms"]
            log.warning("%s", faults[0])
        self._now = Matcher(rules), tuple(faults)

    def _closed(self, fault: str) -> None:
        """Keep what is in force while nobody can see which files there are."""
        if self._now[1] != (fault,):
            log.warning("%s", fault)
        self._there, self._now = None, (self._now[0], (fault,))

    def _read(self, file: Path, stamp: Stamp | None) -> Content[_Rules]:
        known = self._files.get(file) or Content(())
        stays = "the last good rules of this file stay" if known.good else "none of its rules is"
        return known.again(stamp, lambda: tuple(read(file)), f"{stays} in force")


def files(folder: Path) -> list[Path]:
    """Return the folder's files in the order in which their rules count; none without a folder.

    Raises:
        SynonymsError: nobody can see what is in the folder.
    """
    try:
        names = [file.name for file in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise SynonymsError(f"{folder}: cannot be read ({error.strerror or error})") from error
    curated = sorted(name for name in names if fnmatchcase(name, CURATED))
    return [folder / name for name in (*curated, *({ACCEPTED} & set(names)))]


def read(file: Path) -> list[Rule]:
    """Read one file.

    Raises:
        SynonymsError: names file, line and column.
    """
    name = f"{file.parent.name}/{file.name}"
    try:
        return parse(file.read_text("utf-8"), name)
    except UnicodeDecodeError as error:
        raise SynonymsError(f"{name}: not UTF-8 ({error}); save the file as UTF-8") from None
    except OSError as error:
        raise SynonymsError(f"{name}: cannot be read ({error.strerror or error})") from error
