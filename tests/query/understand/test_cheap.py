import pytest
from plugins.shelf import catalogue, titled

from query.understand.cheap import Low, cheap, cheapest
from query.understand.compile import compiled
from query.understand.lexicon import Lexicon


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("cheap laptop", "cheap"),
        ("affordable desk", "affordable"),
        ("low-cost printer", "low-cost"),
        ("laptop on a budget", "on a budget"),
        ("budget-friendly gifts", "budget-friendly"),
        ("便宜的毛巾", "便宜的"),
        ("毛巾便宜一点", "便宜一点"),
        ("性价比高的耳机", "性价比高的"),
        ("最便宜的毛巾", "最便宜的"),
        ("不要太贵的枕头", "不要太贵的"),
        ("laptop not too expensive", "not too expensive"),
    ],
)
def test_words_for_a_low_price(text: str, word: str) -> None:
    """They are found with what belongs to them."""
    span = cheap(text, None)
    assert span
    assert text[slice(*span)] == word


def test_names_are_no_low_price() -> None:
    """What titles have before the same word is a name; "budget" takes titles that could tell."""
    pairs = {("cheap", "trick"), ("budget", "planner")}

    def phrase_count(one: str, other: str) -> int:
        return int((one, other) in pairs)

    assert cheap("cheap trick vinyl", phrase_count) is None
    assert cheap("budget planner", phrase_count) is None
    assert cheap("budget laptop", phrase_count) == (0, 6)
    assert cheap("budget binders", phrase_count) is None
    assert cheap("budget laptop", None) is None


def test_a_low_price_is_that_of_the_category() -> None:
    """The third of a category's prices, by the longest category that is named."""
    lamps = [
        {"title": "Lamp", "category": ["Home", "Lamps"], "price": float(price)}
        for price in range(10, 40)
    ]
    others = titled("Desk", times=30, category=["Home"], price=500.0)
    low = cheapest(compiled([*lamps, *others], catalogue()), "price", lambda *_: (0, None))
    found = low("red lamps")
    assert found
    assert found.price
    assert 15 < found.price < 25
    assert low("red chair") is None


def test_without_a_category_it_is_that_of_what_is_called_so() -> None:
    """Nine products of that name with a price are enough; of fewer nothing is told."""
    asked: list[tuple[str, str]] = []

    def titled_so(text: str, field: str) -> tuple[int, float | None]:
        asked.append((text, field))
        return {"tripod": (9, 12.5), "gel pen": (2, 4.9)}.get(text, (0, None))

    low = cheapest(Lexicon(), "price", titled_so)
    assert low("tripod") == Low(12.5)
    assert low("gel pen") == Low(None)
    assert low("trick vinyl") is None
    assert asked[0] == ("tripod", "price")
