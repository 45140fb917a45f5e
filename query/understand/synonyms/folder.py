"""A folder of synonyms files, read again when one of them changes."""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from connector.errors import SynonymsError
from query.understand.synonyms.matcher import Matcher
from query.understand.synonyms.rules import Rule
from query.understand.synonyms.solr import parse

log = logging.getLogger(__name__)

ACCEPTED = "accepted.txt"
CURATED = "curated*.txt"
# Seconds between two looks at the files: a change is in force a second later at most.
LOOK_AGAIN = 1.0

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class _Content:
    """What one file said when it was last good, and what is wrong with it since.

    `stamp` is None while the file cannot be read: it is tried again at every look.
    """

    stamp: Stamp | None
    rules: tuple[Rule, ...]
    fault: str = ""


class SynonymsFolder:
    """The rules of `curated*.txt`, written by people, and of `accepted.txt`, written by `apply`.

    No search fails by a change: a file that became wrong keeps its last good rules, or none where
    there were none, and its fault is told with every query. The search that notices a change reads
    it, the others go on. Of two rules about one pair the first counts, and curated files come
    first. Threads may share it.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._reading = threading.Lock()
        self._files: dict[Path, _Content] = {}
        self._there: bool | None = True
        self._now: tuple[Matcher, tuple[str, ...]] = Matcher(()), ()
        self._looked = clock()
        self._look()

    def current(self) -> tuple[Matcher, tuple[str, ...]]:
        """Return the rules in force and the faults of broken files, one line each."""
        due = self._clock() - self._looked >= LOOK_AGAIN
        # One thread looks; the others go on with what there is.
        if due and self._reading.acquire(blocking=False):
            try:
                self._looked = self._clock()
                self._look()
            finally:
                self._reading.release()
        return self._now

    def _look(self) -> None:
        try:
            stamps = _stamps(self._path)
        except SynonymsError as error:
            self._closed(f"{error}; the last good rules stay in force")
            return
        there = os.path.isdir(self._path)  # noqa: PTH112 - Path.is_dir raises without permission
        found = {file: self._read(file, stamp) for file, stamp in stamps.items()}
        if found == self._files and there == self._there:
            return
        self._files, self._there = found, there
        rules = [rule for content in found.values() for rule in content.rules]
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

    def _read(self, file: Path, stamp: Stamp | None) -> _Content:
        known = self._files.get(file)
        if known and stamp and known.stamp == stamp:
            return known
        try:
            return _Content(stamp, tuple(read(file)))
        except SynonymsError as error:
            kept = known.rules if known else ()
            stays = "the last good rules of this file stay" if kept else "none of its rules is"
            fault = f"{error}; {stays} in force"
            if not known or known.fault != fault:
                log.warning("%s", fault)
            # Permissions that are given back, or a disk that answers again, change no stamp.
            return _Content(None if isinstance(error.__cause__, OSError) else stamp, kept, fault)


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


def _stamps(folder: Path) -> dict[Path, Stamp | None]:
    """Return what tells one state of a file from another; None for one that cannot be looked at.

    A link that leads nowhere is no file.
    """
    stamps: dict[Path, Stamp | None] = {}
    for file in files(folder):
        try:
            state = file.stat()
        except FileNotFoundError:
            continue
        except OSError:
            stamps[file] = None
            continue
        stamps[file] = state.st_mtime_ns, state.st_size, state.st_ino
    return stamps
