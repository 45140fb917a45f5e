from types import SimpleNamespace
from typing import Any

import pytest
from plugins.shelf import catalogue

from query import search
from query.request import SearchRequest
from query.search import Searcher


def _reader(searcher_of: list[Searcher], other: Any = None) -> Any:
    """A reader in whose place another thread puts another one while its model is loaded."""

    def load() -> None:
        if other is not None:
            searcher_of[0]._reader = other

    return SimpleNamespace(
        catalogue=catalogue(),
        require_parts=lambda _: None,
        encoder=SimpleNamespace(load=load),
        corpus=SimpleNamespace(mean=lambda: None),
        steps=lambda: (),
        after=None,
        weights_version="",
    )


def test_a_call_is_answered_by_one_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """An alias that moves while a call is under way does not mix two indices in it."""
    asked: list[Any] = []

    def answer(reader: Any, *_: object) -> Any:
        asked.append(reader)
        return SimpleNamespace(ranking="the ranking")

    monkeypatch.setitem(search.ANSWERS, "hybrid", answer)
    there: list[Searcher] = []
    after = _reader(there)
    before = _reader(there, after)
    there.append(Searcher(before))
    assert str(there[0].rank(SearchRequest("lamp"))) == "the ranking"
    there[0].rank(SearchRequest("lamp"))
    assert [one is before for one in asked] == [True, False]
    assert asked[1] is after
