import subprocess
import sys
from dataclasses import fields
from datetime import date
from typing import Any

import pytest

import query
from connector.errors import RequestError
from query.api import Options, filters_of, request_of
from query.request import Filter, SearchRequest


def test_every_part_of_a_request_is_a_keyword() -> None:
    """What a request can say, `search` takes as a keyword, under the same name."""
    assert set(Options.__annotations__) == {field.name for field in fields(SearchRequest)} - {
        "text"
    }


def test_filters_may_be_given_by_field() -> None:
    """One value, any of several, a range with open ends; each as a filter is written."""
    filters = {
        "brand": "Acme",
        "colour": ["red", "blue"],
        "price": (None, 99.5),
        "released": (date(2026, 1, 2), date(2026, 3, 4)),
        "boxed": True,
        "stock": 0,
    }
    written = (
        "brand=Acme",
        "colour=red",
        "colour=blue",
        "price<=99.5",
        "released>=2026-01-02",
        "released<=2026-03-04",
        "boxed=true",
        "stock=0",
    )
    assert filters_of(filters) == tuple(map(Filter.parse, written))


def test_filters_may_be_given_as_such() -> None:
    """A list of `Filter` is taken as it is, and so is nothing."""
    given = [Filter("brand", "Acme")]
    assert filters_of(given) == tuple(given)
    assert filters_of({}) == filters_of([]) == ()


@pytest.mark.parametrize(
    "filters",
    [
        "price<=100",
        7,
        ["price<=100"],
        {"price": (1, 2, 3)},
        {"brand": None},
        {"brand": [None]},
        {"brand": object()},
    ],
)
def test_what_is_no_filter_is_refused(filters: Any) -> None:
    """The fault shows how filters are written."""
    with pytest.raises(RequestError, match=r'cannot be used; write for example \{"brand": "Acme"'):
        filters_of(filters)


def test_keywords_win_over_a_request() -> None:
    """A request made before can be asked again with changes; a text is a request of its own."""
    before = SearchRequest("lamp", size=3, system="bm25")
    assert request_of(before, {}) == before
    after = request_of(before, {"size": 5, "without": "spelling", "filters": {"brand": "Acme"}})
    assert after == SearchRequest(
        "lamp", size=5, system="bm25", without=("spelling",), filters=(Filter("brand", "Acme"),)
    )
    assert request_of("lamp", {}) == SearchRequest("lamp")
    with pytest.raises(RequestError, match="of type int"):
        request_of(7, {})  # type: ignore[arg-type]


def test_the_package_is_light_until_it_is_used() -> None:
    """`import query` loads no library; the names of the API come when they are asked for."""
    script = (
        "import sys, query; "
        "print([name for name in ('numpy', 'opensearchpy', 'torch') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
    assert all(getattr(query, name).__name__ == name for name in query.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = query.Nothing
