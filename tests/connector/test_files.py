import os
import stat
from pathlib import Path

import pytest

from connector.errors import UsageError, WeightsError
from connector.files import write


def test_a_file_and_its_folder_are_made(tmp_path: Path) -> None:
    """A path whose folders are missing is written, and nothing is left beside it."""
    file = tmp_path / "new" / "folder" / "page.html"
    write(file, "标题\n")
    assert file.read_text("utf-8") == "标题\n"
    assert list(file.parent.iterdir()) == [file]


def test_what_cannot_be_written_leaves_what_stood_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk ends in one line of the caller's kind; the old file stands, whole."""
    file = tmp_path / "weights.json"
    write(file, "old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(WeightsError, match=r"weights\.json: cannot be written \(No space left"):
        write(file, "new", WeightsError)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [
        ("weights.json", "old")
    ]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """A name that is a folder's, or lies below a file, is refused in one line."""
    write(tmp_path / "file", "")
    for wrong in (tmp_path, tmp_path / "file" / "below"):
        with pytest.raises(UsageError, match="cannot be written"):
            write(wrong, "text")


def test_links_and_pipes_stay_what_they_are(tmp_path: Path) -> None:
    """Behind a link its file changes; a pipe takes the text and is no file afterwards."""
    write(tmp_path / "file", "old")
    (tmp_path / "link").symlink_to("file")
    write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "new"
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDWR | os.O_NONBLOCK)
    try:
        write(tmp_path / "pipe", "text")
        assert os.read(reader, 100) == b"text"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
