"""A price that a record keeps as text, as shops show it: "€1.299,00", "1 299 kr", "¥199起"."""

import re
from itertools import pairwise
from typing import Literal

from mappings.currencies import MEANS

Decimal = Literal[".", ","]

# What may stand between thousands besides the sign that is not the decimals': spaces, apostrophes.
_GAPS = " \u00a0\u2009\u202f'\u2019"
# Cents are one or two digits, or a dash; what follows a price multiplies nothing and is no share.
_NUMBERS = {
    sign: re.compile(
        rf"(?<![\d.,])(?P<whole>\d{{1,3}}(?:(?P<gap>[{re.escape(other + _GAPS)}])\d{{3}})"
        rf"(?:(?P=gap)\d{{3}})*|\d+)(?:{re.escape(sign)}(?P<cents>\d{{1,2}}|--?|[\u2013\u2014]))?"
        r"(?![\d%\u5343\u4e07\u4ebf]|[.,]\d|\s?[km](?![a-z]))",
        re.ASCII | re.IGNORECASE,
    )
    for sign, other in ((".", ","), (",", "."))
}
# Between the two ends of a range there is little more than a dash.
_TO = re.compile(r"[^\d]*?(?:-|\u2013|\u2014|~|\bto\b|\bbis\b|至|到)[^\d]*", re.IGNORECASE)
_MARK = re.compile(
    "|".join(
        rf"(?<![a-z]){re.escape(mark)}(?![a-z])"
        if mark.isascii() and mark.isalpha()
        else re.escape(mark)
        for mark in sorted(MEANS, key=len, reverse=True)
    ),
    re.IGNORECASE,
)
_MINUS = re.compile(r"[^\d]*[-\u2212]\s?\d")
_DIGIT = re.compile(r"\d")
# Longer texts are sentences, whose numbers may be anything.
_LONGEST = 40


def price(text: str, decimal: Decimal) -> float | None:
    """Return the amount in a text, of a range the lower end; None where it is not one amount.

    Args:
        text: with or without the name of a currency.
        decimal: what stands before the cents; the other sign may stand between thousands.
    """
    if len(text) > _LONGEST:
        return None
    found = list(_NUMBERS[decimal].finditer(text))
    between = (text[one.end() : other.start()] for one, other in pairwise(found))
    rest = _NUMBERS[decimal].sub("", text)
    if len(found) not in (1, 2) or not all(map(_TO.fullmatch, between)) or _DIGIT.search(rest):
        return None
    return None if _MINUS.match(text) else min(map(_amount, found))


def currencies(text: str) -> tuple[str, ...]:
    """Return what currencies a text may mean, ISO 4217; empty where it names none that is known."""
    found = _MARK.search(text)
    return MEANS[found.group().lower()] if found else ()


def _amount(found: re.Match[str]) -> float:
    whole, cents = found["whole"], found["cents"] or ""
    digits = "".join(filter(str.isdecimal, whole))
    return float(f"{digits}.{cents if cents.isdecimal() else 0}")
