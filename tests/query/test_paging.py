import base64
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from connector.errors import RequestError
from query.paging import Cursor, begin, fingerprint
from query.request import Filter, SearchRequest

AT = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
IDS = st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=40)
ASKED = SearchRequest("tent", filters=(Filter("price", "20", "<="),))
PRINT = fingerprint(ASKED, "shop")
REQUESTS = (
    ASKED,
    SearchRequest("tents", filters=ASKED.filters),
    SearchRequest("tent"),
    SearchRequest("tent", filters=(Filter("price", "20", ">="),)),
    SearchRequest("tent", filters=ASKED.filters, system="vector"),
    SearchRequest("tent", filters=ASKED.filters, without=("boosts",)),
    SearchRequest("tent", filters=ASKED.filters, min_score=0.2),
)


def first(ids: list[str]) -> Cursor:
    """Return the cursor of the first page."""
    return begin("a-point-in-time", PRINT, ids, 200, AT)


@given(ids=IDS, sizes=st.lists(st.integers(1, 15), min_size=40, max_size=40))
def test_pages_lose_and_repeat_nothing(ids: list[str], sizes: list[int]) -> None:
    """Whatever the sizes, the pages one after another are the ranking."""
    seen: list[str] = []
    cursor: Cursor | None = first(ids)
    for size in sizes:
        if cursor is None:
            break
        sent = Cursor.read(str(cursor), PRINT)
        assert sent == cursor
        places, cursor = sent.page(ids, size)
        assert len(places) <= size
        seen += [ids[place] for place in places]
    assert cursor is None
    assert seen == ids


@given(ids=IDS, other=IDS)
def test_another_ranking_is_refused(ids: list[str], other: list[str]) -> None:
    """A product more, less or elsewhere: better a clear error than a hit twice."""
    assume(ids != other)
    with pytest.raises(RequestError, match="another than on the cursor's first page"):
        first(ids).page(other, 10)


@given(place=st.integers(0), letter=st.characters(min_codepoint=33, max_codepoint=126))
def test_changed_cursor_is_refused(place: int, letter: str) -> None:
    """No letter can be another."""
    token = str(first(["a", "b"]))
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    assume(changed != token)
    with pytest.raises(RequestError, match="the cursor is damaged"):
        Cursor.read(changed, PRINT)


@pytest.mark.parametrize("token", ["", "x", "çé", "AAAA", "////", str(first(["a"]))[:-4]])
def test_what_is_no_cursor_is_refused(token: str) -> None:
    """Whatever is sent, the answer is a sentence."""
    with pytest.raises(RequestError, match="the cursor is damaged"):
        Cursor.read(token, PRINT)


@pytest.mark.parametrize("request_", REQUESTS[1:])
def test_cursor_of_another_search_is_refused(request_: SearchRequest) -> None:
    """Everything that changes a ranking must be the same; so must the index."""
    with pytest.raises(RequestError, match="belongs to another search"):
        Cursor.read(str(first(["a"])), fingerprint(request_, "shop"))
    with pytest.raises(RequestError, match="belongs to another search"):
        Cursor.read(str(first(["a"])), fingerprint(ASKED, "other"))


def test_size_and_explanation_may_differ() -> None:
    """They change what is shown, not the ranking."""
    other = SearchRequest("tent", size=50, filters=ASKED.filters, explain=True)
    assert fingerprint(other, "shop") == PRINT


def test_cursor_of_another_release_is_refused() -> None:
    """Its form has a number."""
    from query.paging import _digest

    payload = orjson.dumps({"version": 0})
    token = base64.urlsafe_b64encode(_digest(payload) + payload).decode()
    with pytest.raises(RequestError, match="the cursor is of form 0, this release has 1"):
        Cursor.read(token, PRINT)


def test_time_of_the_first_page_is_kept() -> None:
    """All pages measure freshness from the same moment."""
    assert Cursor.read(str(first(["a"])), PRINT).time == AT


def test_page_without_hits_is_refused() -> None:
    """It would never come to an end."""
    with pytest.raises(RequestError, match="size is 0"):
        first(["a"]).page(["a"], 0)
