import logging
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from query.understand.interpretation import Interpretation
from query.understand.synonyms.folder import SynonymsFolder
from query.understand.synonyms.step import Synonyms
from query.watched import LOOK_AGAIN


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time, in seconds."""
        return self.now


def _gives(folder: SynonymsFolder) -> Callable[[str], list[str]]:
    return lambda word: [one.text for one in folder.current()[0].targets(word)]


def test_curated_files_come_before_accepted_ones(tmp_path: Path) -> None:
    """What people wrote decides where an accepted rule says the same pair with another weight."""
    (tmp_path / "curated-home.txt").write_text("sofa, couch|.9", "utf-8")
    (tmp_path / "accepted.txt").write_text("sofa => couch|.1, settee", "utf-8")
    (tmp_path / "notes.txt").write_text("sofa, bed", "utf-8")
    (couch, settee) = SynonymsFolder(tmp_path).current()[0].targets("sofa")
    assert (couch.weight, couch.source) == (0.9, f"{tmp_path.name}/curated-home.txt:1")
    assert settee.source == f"{tmp_path.name}/accepted.txt:1"


def test_change_is_in_force_after_the_next_look(tmp_path: Path) -> None:
    """A file that was changed, added or removed counts a second later, without a restart."""
    clock, file = Clock(), tmp_path / "curated.txt"
    file.write_text("sofa, couch", "utf-8")
    folder = SynonymsFolder(tmp_path, clock)
    gives = _gives(folder)
    file.write_text("sofa, settee", "utf-8")
    assert gives("sofa") == ["couch"]
    clock.now += LOOK_AGAIN
    assert gives("sofa") == ["settee"]
    (tmp_path / "accepted.txt").write_text("sofa => divan", "utf-8")
    clock.now += LOOK_AGAIN
    assert gives("sofa") == ["settee", "divan"]
    file.unlink()
    clock.now += LOOK_AGAIN
    assert gives("sofa") == ["divan"]


def test_file_that_never_was_good_has_no_rules(tmp_path: Path) -> None:
    """Nobody is told that rules stay in force where there are none."""
    (tmp_path / "curated.txt").write_text("sofa, couch, ,", "utf-8")
    (fault,) = SynonymsFolder(tmp_path).current()[1]
    assert fault.endswith("; none of its rules is in force")


def test_broken_file_keeps_its_last_good_rules(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file that became wrong changes nothing, is warned of once and told with every query."""
    clock, file = Clock(), tmp_path / "curated.txt"
    file.write_text("sofa, couch", "utf-8")
    folder = SynonymsFolder(tmp_path, clock)
    file.write_text("sofa, couch, ,", "utf-8")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            clock.now += LOOK_AGAIN
            assert _gives(folder)("sofa") == ["couch"]
    assert len(caplog.records) == 1
    fault = folder.current()[1][0]
    assert "curated.txt:1:13: found an empty term" in fault
    assert fault.endswith("the last good rules of this file stay in force")
    file.write_text("sofa, divan", "utf-8")
    clock.now += LOOK_AGAIN
    assert _gives(folder)("sofa") == ["divan"]
    assert folder.current()[1] == ()


@pytest.mark.parametrize("method", ["read_text", "iterdir", "stat"])
def test_what_can_be_read_again_is_read(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A file or a folder that nobody may read for a while keeps its rules, warned of once.

    Permissions that are given back change no stamp of a file.
    """
    clock, file = Clock(), tmp_path / "curated.txt"
    file.write_text("sofa, couch", "utf-8")
    folder = SynonymsFolder(tmp_path, clock)
    file.write_text("sofa, settee", "utf-8")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as broken, caplog.at_level(logging.WARNING):
        broken.setattr(Path, method, refused)
        broken.setattr(Path, "read_text", refused)
        for _ in range(3):
            clock.now += LOOK_AGAIN
            assert _gives(folder)("sofa") == ["couch"]
        assert "cannot be read (Permission denied)" in folder.current()[1][0]
    assert len(caplog.records) == 1
    clock.now += LOOK_AGAIN
    assert _gives(folder)("sofa") == ["settee"]
    assert folder.current()[1] == ()


def test_folder_without_files_has_no_rules(tmp_path: Path) -> None:
    """A folder that is empty, or not there yet, is no error."""
    assert len(SynonymsFolder(tmp_path / "missing").current()[0]) == 0


def test_missing_folder_is_said_until_it_is_there(tmp_path: Path) -> None:
    """A folder that does not exist has no rules, and says so; made later it is read."""
    ticks = count()
    folder = SynonymsFolder(tmp_path / "words", lambda: float(next(ticks)))
    matcher, faults = folder.current()
    assert len(matcher) == 0
    assert "no such folder" in faults[0]
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "curated.txt").write_text("sofa, couch\n", "utf-8")
    assert _gives(folder)("sofa") == ["couch"]
    assert folder.current()[1] == ()


def test_file_that_leads_nowhere_is_no_file(tmp_path: Path) -> None:
    """A link to itself, which no system can follow, stops no search."""
    (tmp_path / "curated.txt").symlink_to(tmp_path / "curated.txt")
    (tmp_path / "curated-2.txt").write_text("sofa, couch", "utf-8")
    assert _gives(SynonymsFolder(tmp_path))("sofa") == ["couch"]


def test_searches_see_whole_files_while_they_change(tmp_path: Path) -> None:
    """Threads that search during changes see one version or another, never a mixture."""
    ticks = count()
    file, new = tmp_path / "curated.txt", tmp_path / "next"
    file.write_text("sofa => a0, b0", "utf-8")
    rules = SynonymsFolder(tmp_path, lambda: float(next(ticks)))
    seen: set[tuple[str, ...]] = set()
    stop, searched = threading.Event(), threading.Event()

    def search() -> None:
        while not stop.is_set():
            understood = Synonyms(*rules.current())(Interpretation.of("sofa"))
            seen.add(tuple(one.text for one in understood.alternatives))
            searched.set()

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for version in range(1, 60):
        new.write_text(f"sofa => a{version}, b{version}", "utf-8")
        new.replace(file)
        searched.clear()
        assert searched.wait(120)
    stop.set()
    for thread in threads:
        thread.join()
    last = tuple(
        one.text for one in Synonyms(*rules.current())(Interpretation.of("sofa")).alternatives
    )
    assert last == ("a59", "b59")
    assert seen
    assert all(len(pair) == 2 and pair[0][1:] == pair[1][1:] for pair in seen)
