import os
from pathlib import Path

import pytest

from connector.errors import LocalServerError
from connector.local import places


def test_root_keeps_out_of_its_own_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of root run as another user, who must be able to read and write there."""
    monkeypatch.setattr(places, "is_root", lambda: True)
    assert places.default_home() == Path("/var/lib/hybrid-search-connector")
    assert places.cache() == Path("/var/cache/hybrid-search-connector")


def test_others_keep_to_their_own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Data and cache stand where the desktop standard puts them."""
    monkeypatch.setattr(places, "is_root", lambda: False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert places.default_home() == tmp_path / "data" / "hybrid-search-connector"
    assert places.cache() == tmp_path / "cache" / "hybrid-search-connector"


def test_a_place_the_servers_may_not_enter_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Root is told which folder is closed, before anything is downloaded."""
    monkeypatch.setattr(places, "is_root", lambda: True)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(LocalServerError, match=f"nobody, who may not enter {closed}"):
        places.make(closed / "home")


def test_a_place_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in the way is an error of one line."""
    (tmp_path / "file").touch()
    with pytest.raises(LocalServerError, match=r"file/home cannot be made.*--home"):
        places.make(tmp_path / "file" / "home")


def test_a_folder_that_is_there_keeps_its_rights(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Naming one's own closed folder with --home does not open it to others."""
    monkeypatch.setattr(places, "is_root", lambda: False)
    mine = tmp_path / "mine"
    mine.mkdir(mode=0o700)
    assert places.make(mine).stat().st_mode & 0o777 == 0o700


def test_a_link_is_replaced_and_never_written_through(tmp_path: Path) -> None:
    """A planted link cannot make root write somewhere else; the file is its owner's alone."""
    victim, file = tmp_path / "victim", tmp_path / "file"
    victim.write_text("precious")
    file.symlink_to(victim)
    (tmp_path / "file.new").symlink_to(victim)
    places.write(file, "ours")
    assert victim.read_text() == "precious"
    assert file.read_text() == "ours"
    assert not file.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_giving_a_folder_away_follows_no_link(tmp_path: Path) -> None:
    """What a link points at stays root's."""
    victim, folder = tmp_path / "victim", tmp_path / "folder"
    victim.touch()
    folder.mkdir()
    (folder / "link").symlink_to(victim)
    places.give(folder)
    assert folder.stat().st_uid != 0
    assert victim.stat().st_uid == 0
