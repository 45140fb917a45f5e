"""English number words: "five hundred", "a hundred and fifty", "two grand"."""

import re

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_POWERS = {"hundred": 100, "thousand": 1000, "grand": 1000}
_VALUES = {
    **{word: value for value, word in enumerate(_ONES)},
    **dict(zip(_TENS, range(20, 100, 10), strict=True)),
    "a": 1,
    "and": 0,
}

_ONE = "|".join(sorted(_ONES[1:], key=len, reverse=True))
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES[1:10])}))?|{_ONE})"
_HUNDREDS = rf"(?:(?:a |{_SMALL} )?hundred(?:(?: and)? {_SMALL})?)"
_THOUSANDS = (
    rf"(?:(?:a |{_HUNDREDS} |{_SMALL} )?(?:thousand|grand)(?:(?: and)? (?:{_HUNDREDS}|{_SMALL}))?)"
)
# Any of the words; a text without one has no number in words.
WORD = rf"(?:{'|'.join((*_ONES, *_TENS, *_POWERS))})(?![a-z])"
# A number in words; nothing of it captures, and a word ends where it ends.
NUMERAL = rf"(?:{_THOUSANDS}|{_HUNDREDS}|{_SMALL})(?![a-z])"


def number(text: str) -> float:
    """Return the value of what `NUMERAL` matches."""
    total = section = 0.0
    for word in re.split(r"[\s-]+", text):
        power = _POWERS.get(word)
        if power is None:
            section += _VALUES[word]
        elif power == _POWERS["hundred"]:
            section = (section or 1) * power
        else:
            total, section = total + (section or 1) * power, 0.0
    return total + section
