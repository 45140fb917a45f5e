import logging
import threading
from itertools import count
from pathlib import Path

import pytest

from connector.errors import SynonymsError
from query.watched import GONE, LOOK_AGAIN, Content, Looks, stamp_of


def test_one_thread_looks_and_the_others_go_on() -> None:
    """A look that takes long, on a disk that hangs, holds up the one search that began it."""
    begun, go_on = threading.Event(), threading.Event()
    looked = []

    def look() -> None:
        looked.append(threading.get_ident())
        begun.set()
        assert go_on.wait(60)

    ticks = count(0, LOOK_AGAIN)
    looks = Looks(look, lambda: next(ticks))
    slow = threading.Thread(target=looks)
    slow.start()
    assert begun.wait(60)
    looks()
    go_on.set()
    slow.join()
    assert looked == [slow.ident]


def test_a_look_that_fails_is_not_the_last() -> None:
    """What nobody foresaw fails one search, and the next look takes its turn."""
    ticks = count(0, LOOK_AGAIN)
    looks = Looks(lambda: (_ for _ in ()).throw(OSError), lambda: next(ticks))
    for _ in range(2):
        with pytest.raises(OSError):  # noqa: PT011 - of whatever kind
            looks()


def test_a_fault_is_told_once_and_another_one_again(caplog: pytest.LogCaptureFixture) -> None:
    """What was good stays meanwhile."""
    faults = iter(["a", "a", "b"])

    def wrong() -> str:
        raise SynonymsError(next(faults))

    content = Content("good", (1, 1, 1))
    with caplog.at_level(logging.WARNING):
        for stamp in ((1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4)):
            content = content.again(stamp, wrong, "it stays")
    assert [record.getMessage() for record in caplog.records] == ["a; it stays", "b; it stays"]
    assert content == Content("good", (4, 4, 4), "b; it stays")


def test_stamps_tell_files_apart(tmp_path: Path) -> None:
    """A file with other content has another one, as has one that took its place."""
    file, other = tmp_path / "one", tmp_path / "other"
    assert stamp_of(file) == GONE
    file.write_text("1")
    other.write_text("2")
    first = stamp_of(file)
    assert first == stamp_of(file)
    other.replace(file)
    assert stamp_of(file) not in {first, GONE}
    file.unlink()
    file.symlink_to(file)
    assert stamp_of(file) is None
