import pytest

from query.understand.synonyms.matcher import MOST, WEIGHT, Matcher
from query.understand.synonyms.solr import parse


def _found(rules: str, text: str) -> list[tuple[str, list[str]]]:
    return [
        (text[one.start : one.end], [target.text for target in one.targets])
        for one in Matcher(parse(rules, "s/c.txt")).matches(text)
    ]


def test_longest_phrase_wins() -> None:
    """A phrase of three words is preferred to the phrase of two that it begins with."""
    rules = "air conditioner => ac\nair conditioner filter => ac filter\nfilter => strainer"
    assert _found(rules, "air conditioner filters") == [("air conditioner filters", ["ac filter"])]
    assert _found(rules, "air conditioner") == [("air conditioner", ["ac"])]


def test_where_the_longest_is_taken_a_shorter_one_is_tried() -> None:
    """A phrase that reaches into a taken span gives way to one that does not."""
    matcher = Matcher(parse("air conditioner, ac\nair, wind", "s/c.txt"))
    text = "air conditioner"
    found = list(matcher.matches(text, lambda _, end: end <= len("air")))
    assert [(one.start, one.end) for one in found] == [(0, 3)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("二手手机壳", ["手机"]),
        ("apple手机壳", ["手机"]),
        ("机手", []),
        ("cell phones", ["cell phones"]),
        ("CELL-PHONE", ["CELL-PHONE"]),
        ("cell, phone", []),
        ("excell phone", []),
        ("cell phoney", []),
    ],
)
def test_words_match_whole_and_chinese_by_characters(text: str, spans: list[str]) -> None:
    """English matches whole words in any case and number; Chinese matches within a text."""
    found = _found("手机, 移动电话\ncell phone, mobile", text)
    assert [span for span, _ in found] == spans


def test_rules_about_one_phrase_add_up_and_the_first_weight_counts() -> None:
    """Two lines about one phrase are one rule; what is said twice is taken from the first."""
    matcher = Matcher(parse("tv => television|.9\nTV => telly, televisions|.1", "s/c.txt"))
    (match,) = matcher.matches("tv")
    told = [(one.text, one.weight, one.source) for one in match.targets]
    assert told == [("television", 0.9, "s/c.txt:1"), ("telly", WEIGHT, "s/c.txt:2")]


def test_one_span_stands_for_the_strongest_few() -> None:
    """A span never brings more than the most alternatives a request should carry."""
    many = ", ".join(f"w{number}|{number / 100}" for number in range(1, 30))
    (match,) = Matcher(parse(f"a => {many}", "s/c.txt")).matches("a")
    assert [one.text for one in match.targets] == [f"w{29 - place}" for place in range(MOST)]


def test_a_word_does_not_stand_for_itself() -> None:
    """A plural beside its singular says nothing new and fires nothing."""
    assert _found("sofa, Sofas", "sofa") == []
