import re

import pytest

from query.understand.numerals import NUMERAL, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ten", 10),
        ("twenty-five", 25),
        ("ninety nine", 99),
        ("hundred", 100),
        ("a hundred", 100),
        ("a hundred and fifty", 150),
        ("twelve hundred", 1200),
        ("a grand", 1000),
        ("two thousand five hundred", 2500),
        ("two hundred fifty thousand", 250_000),
    ],
)
def test_numbers_in_words(text: str, value: float) -> None:
    """A number in words is read as a whole, and has its value."""
    found = re.match(NUMERAL, f"{text} dollars")
    assert found
    assert found.group() == text
    assert number(text) == value


@pytest.mark.parametrize("text", ["a", "and", "tenths", "onesie", "fortyish", "zero"])
def test_words_that_are_no_numbers(text: str) -> None:
    """Part of a word is no number, and neither is an article."""
    assert not re.match(NUMERAL, text)
