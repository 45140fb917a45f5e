import pytest

from query.understand.synonyms.sources.apart import opposed, same
from query.understand.synonyms.sources.vocabulary import build
from query.understand.synonyms.units import key_of

WORDS = build([], [("brand", "Acme"), ("brand", "Globex")])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("phone", "mobile phone"),
        ("swim", "swimming"),
        ("fit", "fitting"),
        ("running shoe", "runner shoe"),
    ],
)
def test_part_or_inflection_is_no_news(one: str, other: str) -> None:
    """What an analyzer or a shorter phrase finds already is no synonym."""
    assert same(key_of(one), key_of(other))
    assert same(key_of(other), key_of(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("black", "white"),
        ("black dress", "white dress"),
        ("twin bed", "queen bed"),
        ("leak", "leakproof"),
        ("acme", "globex"),
        ("two handle", "single handle"),
    ],
)
def test_opposites_and_siblings_exclude_one_another(one: str, other: str) -> None:
    """Colours, sizes, numbers and brands are alike to an encoder and not the same to a buyer."""
    assert opposed(WORDS, key_of(one), key_of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("sofa", "couch"), ("gray sofa", "grey sofa"), ("cell phone", "mobile phone")],
)
def test_synonyms_are_let_pass(one: str, other: str) -> None:
    """Words for one thing are neither opposed nor the same word."""
    assert not opposed(WORDS, key_of(one), key_of(other))
    assert not same(key_of(one), key_of(other))
