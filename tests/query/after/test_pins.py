from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugins.rankings import PRODUCTS, ranking, rankings

from query.after.pins import Pins
from query.after.queries import Pin
from query.ranking import Ranking

TODAY = date(2026, 11, 20)
FIVE = {"a": 0.9, "b": 0.8, "c": 0.7, "d": 0.6, "e": 0.5}


def pinned(*pins: Pin, text: str = "garden hose") -> str:
    """Return the ids of five products in their order with these rules."""
    return "".join(Pins(pins, TODAY)(text, ranking(FIVE)).ids)


@given(
    before=rankings(),
    products=st.lists(st.sampled_from(PRODUCTS), unique=True, min_size=1),
    place=st.integers(1, 16),
)
def test_pins_land_where_they_are_asked_to(
    before: Ranking, products: list[str], place: int
) -> None:
    """Candidates among the pinned stand one after another from the place, all others in order."""
    after = Pins([Pin(query="q", products=tuple(products), place=place)], TODAY)("q", before)
    there = [product for product in products if product in before.ids]
    if place + len(there) - 1 <= len(before.ids):
        assert list(after.ids[place - 1 : place - 1 + len(there)]) == there
    assert sorted(after.ids) == sorted(before.ids)
    rest = [id_ for id_ in before.ids if id_ not in there]
    assert [id_ for id_ in after.ids if id_ not in there] == rest


def test_products_are_pinned_in_the_order_of_the_rule() -> None:
    """The first is at the place, the next below it; a score is nobody's but its product's."""
    after = Pins([Pin(query="garden hose", products=("e", "c"))], TODAY)(
        "Garden  HOSES", ranking(FIVE)
    )
    assert after.ids == ("e", "c", "a", "b", "d")
    assert after.scores.tolist() == pytest.approx([0.5, 0.7, 0.9, 0.8, 0.6])
    assert [(one.id, one.before, one.after) for one in after.adjustments] == [
        ("e", 5, 1),
        ("c", 3, 2),
    ]


def test_earlier_rule_keeps_a_place_two_want() -> None:
    """The later one's product takes the next place."""
    first = Pin(query="garden hose", products=("e",), place=2)
    second = Pin(words=("hose",), products=("d", "e"), place=2)
    assert pinned(first, second) == "aedbc"


def test_missing_product_gives_its_place_to_the_next() -> None:
    """One that is filtered out or deleted is passed over."""
    assert pinned(Pin(query="garden hose", products=("gone", "d"))) == "dabce"


@pytest.mark.parametrize(
    ("pin", "text", "meant"),
    [
        ({"query": "garden hose"}, "green garden hose", False),
        ({"words": ["hose", "garden"]}, "green garden hoses", True),
        ({"words": ["garden hose"]}, "hose for the garden", False),
        ({"words": ["art"]}, "smart watch", False),
        ({"query": "Café"}, "CAFE", True),
        ({"words": ["手机"]}, "apple手机壳", True),
        ({"words": ["手壳"]}, "apple手机壳", False),
        ({"query": "hose", "starts": "2026-11-20", "ends": "2026-11-20"}, "hose", True),
        ({"query": "hose", "starts": "2026-11-21"}, "hose", False),
        ({"query": "hose", "ends": "2026-11-19"}, "hose", False),
    ],
)
def test_which_queries_a_rule_is_for(pin: dict[str, object], text: str, meant: bool) -> None:
    """Whole query or all words, by word and not by letters, between its days, both included."""
    pins = Pins([Pin.model_validate({**pin, "products": ["e"]})], TODAY)
    assert pins.wanted(text) == (("e",) if meant else ())
