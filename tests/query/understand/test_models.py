from collections.abc import Callable

import pytest

from query.understand.models import models


def _read(text: str, knows: Callable[[str], bool] | None = None) -> list[tuple[str, ...]]:
    return [(text[one.start : one.end], *one.spellings) for one in models(text, knows)]


def _catalogue(*words: str) -> Callable[[str], bool]:
    return set(words).__contains__


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("sony wh-1000xm4", ("wh1000xm4",), [("wh-1000xm4", "wh1000xm4")]),
        ("sony wh1000xm4", ("wh", "1000xm4"), [("wh1000xm4", "wh-1000xm4")]),
        ("sony wh 1000 xm4", ("wh1000xm4",), [("wh 1000 xm4", "wh1000xm4")]),
        ("sony wh 1000 xm4", ("1000xm4",), [("1000 xm4", "1000xm4")]),
        ("brother tn2110 toner", ("tn", "2110"), [("tn2110", "tn-2110")]),
        ("rtx 2060", ("rtx2060",), [("rtx 2060", "rtx2060")]),
        ("iphone11 case", ("iphone", "11"), [("iphone11", "iphone-11")]),
        ("cat 6 cable", ("cat6",), [("cat 6", "cat6")]),
        ("cat6 cable", ("cat", "6"), [("cat6", "cat-6")]),
        ("ps4", ("ps4",), []),
        ("索尼wh1000xm4耳机", ("wh", "1000xm4"), [("wh1000xm4", "wh-1000xm4")]),
    ],
)
def test_known_spellings(text: str, words: tuple[str, ...], found: list[tuple[str, ...]]) -> None:
    """A model number may be cut as the catalogue cuts it."""
    assert _read(text, _catalogue(*words)) == found


@pytest.mark.parametrize(
    "text",
    [
        *("x2 lens", "3d printer", "10th gen", "80s jacket", "300leds", "5400rpm fan"),
        *("size 10", "for 12", "iphone 12 64", "1080p", "z140a", "usb-c", "1984", "ddr2-400"),
        "aaa1bbb2ccc3",
    ],
)
def test_what_is_no_model_number(text: str) -> None:
    """Words, ordinals and quantities are not cut, numbers not joined, single letters not cut off."""
    spelled = _read(text, lambda word: word not in ("iphone12", "ddr2400"))
    assert [one for one in spelled if one != ("ddr2-400", "ddr-2-400")] == []


def test_without_a_catalogue_words_are_not_joined() -> None:
    """Several words are one only if the catalogue has it; one word may always be cut."""
    assert _read("wh 1000") == []
    assert _read("wh1000") == [("wh1000", "wh-1000")]


def test_few_cuts_come_first() -> None:
    """Spellings are in the order of their cuts, three at most."""
    ((_, *spellings),) = _read("abc12de34")
    assert spellings == ["abc-12de34", "abc12-de34", "abc12de-34"]
    assert _read("abc12de34fg56") == []
