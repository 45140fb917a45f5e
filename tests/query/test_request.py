import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import RequestError
from query.request import MAX_CHARACTERS, Filter, SearchRequest, checked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("brand=Acme", Filter("brand", "Acme")),
        (" price >= 10 ", Filter("price", "10", ">=")),
        ("price<=9.5", Filter("price", "9.5", "<=")),
        ("specs.screen size=15 = big", Filter("specs.screen size", "15 = big")),
        ("colour==red", Filter("colour", "=red")),
    ],
)
def test_a_filter_is_read_at_its_first_comparison(text: str, expected: Filter) -> None:
    """Field and value may contain spaces, and the value further signs."""
    assert Filter.parse(text) == expected


@pytest.mark.parametrize("text", ["", "brand", "=x", "brand=", "price>5", "price=>5", "price<5"])
def test_what_is_no_filter_is_refused_with_the_forms(text: str) -> None:
    """The message shows what to write instead."""
    with pytest.raises(RequestError, match="FIELD=VALUE, FIELD>=VALUE or FIELD<=VALUE"):
        Filter.parse(text)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (SearchRequest("lamp", min_score=float("nan")), "min_score is not a number"),
        (SearchRequest(""), "empty"),
        (SearchRequest(" \t\n\u3000\x00 "), "empty"),
        (SearchRequest("lamp \ud800"), "not valid Unicode at character 6"),
        (SearchRequest("lamp", size=-1), "size is -1"),
        (SearchRequest("lamp", from_=-1), "from is -1"),
        (SearchRequest("lamp", size=600, from_=401), "beyond hit 1,000"),
        (SearchRequest("lamp", size="5"), "size is '5'; expected a whole number"),  # type: ignore[arg-type]
        (SearchRequest("lamp", size=2.5), "size is 2.5; expected a whole"),  # type: ignore[arg-type]
        (SearchRequest("lamp", from_=None), "from is None; expected a whole"),  # type: ignore[arg-type]
        (SearchRequest("lamp", min_score="1"), "min_score is '1'; expected a number"),  # type: ignore[arg-type]
        (SearchRequest("lamp", cursor=5), "cursor is 5; expected a text"),  # type: ignore[arg-type]
        (SearchRequest("lamp", facets_over="x"), "expected matches or candidates"),  # type: ignore[arg-type]
        (
            SearchRequest("lamp", filters=(Filter("price", "20", "~"),)),  # type: ignore[arg-type]
            "the comparison of filter 'price' is '~'; expected =, >=, <=",
        ),
        (SearchRequest("lamp", system="best"), "unknown system 'best'"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_request_is_refused(request_: SearchRequest, message: str) -> None:
    """Each refusal says what was found."""
    with pytest.raises(RequestError, match=message):
        checked(request_)


def test_control_characters_become_spaces() -> None:
    """Tabs, line ends and zero bytes part words; the joiner inside an emoji stays."""
    request, notes = checked(SearchRequest("red\x00lamp\t\n👩\u200d🍳\x9f"))
    assert request.text == "red lamp 👩\u200d🍳"
    assert notes == ()


def test_a_long_text_is_cut_at_a_word_and_says_so() -> None:
    """What is searched is the beginning, in whole words."""
    request, (note,) = checked(SearchRequest("lantern " * 1250))
    assert request.text == " ".join(["lantern"] * 25)
    assert "9,999 characters; the first 199 were searched" in note


@given(st.text(max_size=2 * MAX_CHARACTERS))
def test_any_text_is_cleaned_or_refused(text: str) -> None:
    """No text leads to anything but a short, printable-as-UTF-8 line or a clear refusal."""
    try:
        request, _ = checked(SearchRequest(text))
    except RequestError:
        return
    assert 0 < len(request.text) <= MAX_CHARACTERS
    assert request.text.encode()
    assert request.text == " ".join(request.text.split())
    again, notes = checked(request)
    assert again == request
    assert not any("were searched" in note for note in notes)


def test_a_text_without_a_word_says_so() -> None:
    """Whoever sees no hits of "!!!" is told why."""
    for text in ("!!!", "™ °"):
        _, (note,) = checked(SearchRequest(text))
        assert note.startswith("the query has no letter and no digit")
    assert checked(SearchRequest("枕头"))[1] == checked(SearchRequest("½"))[1] == ()
    assert checked(SearchRequest("🎧"))[1] == ()
