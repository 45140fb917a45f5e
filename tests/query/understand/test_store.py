import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from plugins.shelf import catalogue, titled

from query.understand.compile import compiled
from query.understand.lexicon import Lexicon
from query.understand.store import Store, cache_folder, pack, unpack

LEXICON = compiled(
    [
        {**product, "price": float(number), "category": ["A", "B"], "brand": "Ä"}
        for number, product in enumerate(titled("Red mug", "纯棉毛巾", times=9))
    ],
    catalogue(),
)


def _other() -> Lexicon:
    return replace(LEXICON, products=7)


def _never() -> Lexicon:
    raise AssertionError("mined again")


def test_what_is_packed_comes_back() -> None:
    """A lexicon survives packing and unpacking whole."""
    assert LEXICON.low
    assert unpack(pack(LEXICON, "c"), "c") == LEXICON


def test_a_young_lexicon_is_not_mined_again(tmp_path: Path) -> None:
    """The second process reads what the first one mined."""
    folder = tmp_path / "made" / "here"
    assert Store(folder, 60).get("uuid", "c", lambda: LEXICON) == LEXICON
    assert Store(folder, 60).get("uuid", "c", _never) == LEXICON


def test_an_old_lexicon_is_mined_again(tmp_path: Path) -> None:
    """Past its age, or from the future, a lexicon is replaced."""
    store = Store(tmp_path, 60)
    for seconds in (-61, 3600):
        store.get("uuid", "c", lambda: LEXICON)
        when = (tmp_path / "uuid.json.gz").stat().st_mtime + seconds
        os.utime(tmp_path / "uuid.json.gz", (when, when))
        assert store.get("uuid", "c", _other) == _other()
        assert store.get("uuid", "c", _never) == _other()
        (tmp_path / "uuid.json.gz").unlink()


def test_a_lexicon_of_few_products_is_old_after_a_minute(tmp_path: Path) -> None:
    """A search of an index that is empty yet decides nothing for an hour."""
    store = Store(tmp_path, 3600)
    for lexicon, age_s, found in (
        (Lexicon(), 59, Lexicon()),
        (Lexicon(), 62, LEXICON),
        (replace(LEXICON, products=1000), 62, replace(LEXICON, products=1000)),
    ):
        (tmp_path / "uuid.json.gz").unlink(missing_ok=True)
        store.get("uuid", "c", lambda lexicon=lexicon: lexicon)  # type: ignore[misc]
        when = (tmp_path / "uuid.json.gz").stat().st_mtime - age_s
        os.utime(tmp_path / "uuid.json.gz", (when, when))
        assert store.get("uuid", "c", lambda: LEXICON) == found


def test_another_catalogue_or_index_is_mined(tmp_path: Path) -> None:
    """What was mined under another catalogue, or from another index, is not used."""
    store = Store(tmp_path, 60)
    store.get("uuid", "c", lambda: LEXICON)
    assert store.get("uuid", "d", _other) == _other()
    assert store.get("another", "d", lambda: LEXICON) == LEXICON


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "not a lexicon", "older format"])
def test_a_damaged_file_is_mined_again(tmp_path: Path, damage: str) -> None:
    """Whatever is wrong with the file, it is replaced."""
    whole = pack(LEXICON, "c")
    bytes_ = {
        "cut": whole[:-9],
        "flipped": whole[:40] + bytes([whole[40] ^ 255]) + whole[41:],
        "empty": b"",
        "not a lexicon": gzip.compress(b"[]"),
        "older format": gzip.compress(b'{"format": 0, "catalogue": "c"}'),
    }[damage]
    (tmp_path / "uuid.json.gz").write_bytes(bytes_)
    store = Store(tmp_path, 60)
    assert store.get("uuid", "c", _other) == _other()
    assert store.get("uuid", "c", _never) == _other()


def test_a_folder_that_cannot_be_made_costs_only_the_cache(tmp_path: Path) -> None:
    """Where nothing can be kept, the lexicon is mined each time."""
    (tmp_path / "file").write_text("in the way")
    store = Store(tmp_path / "file" / "lexicons", 60)
    assert store.get("uuid", "c", lambda: LEXICON) == LEXICON
    assert store.get("uuid", "c", _other) == _other()


def test_many_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    """Processes that mine at the same time replace one another's file, never parts of it."""
    with ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(Store(tmp_path, 0).get, "uuid", "c", lambda: LEXICON) for _ in range(40)
        ]
        assert all(one.result() == LEXICON for one in asked)
    assert [file.name for file in tmp_path.iterdir()] == ["uuid.json.gz"]
    assert Store(tmp_path, 60).get("uuid", "c", _never) == LEXICON


def test_the_cache_stands_in_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The XDG cache folder is used where one is named."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "hybrid-search-connector" / "lexicons"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder().parts[-3:] == (".cache", "hybrid-search-connector", "lexicons")
