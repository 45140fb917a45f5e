"""Amounts of money in a text: numbers in English and Chinese, and the names of currencies."""

import re
from dataclasses import dataclass

from mappings.currencies import CODES, MEANS, SIGNS, WORDS
from query.understand import numerals
from query.understand.chinese import NUMERAL, number

# `pound` is a weight but where prices are in pounds.
WEIGHTS_TOO = {"pounds": ("GBP",), "pound": ("GBP",)}
_MEANS = {**MEANS, **WEIGHTS_TOO}

# 1,299.99 or, with the signs the other way round, 1.299,99.
_CONTINENTAL = r"(?:\d{1,3}(?:\.\d{3})+|\d+),\d{2}(?!\d)"
_ARABIC = rf"{_CONTINENTAL}|\d{{1,3}}(?:,\d{{3}})+(?:\.\d{{1,2}})?|\d+(?:\.\d{{1,2}})?"
# What every number begins with, or has in it, so that most texts are looked at once.
_NUMBER = re.compile(rf"\d|[一二两三四五六七八九十百千万]|{numerals.WORD}")
_ENDS = r"""(?![%"'°/]|[.,:]?\d|-?[a-z])"""


@dataclass(frozen=True)
class Amount:
    """A number that may be money.

    Attributes:
        value: in units of the currency.
        currencies: which it may be in, ISO 4217; empty when none is named.
        plain: whether it is written as a price without a currency may be: a whole number, or two
            decimals.
    """

    value: float
    currencies: tuple[str, ...]
    plain: bool


def has_number(text: str) -> bool:
    """Return whether there may be a number in a text in lower case; where not, there is no amount."""
    return _NUMBER.search(text) is not None


def pattern(name: str, currency: str | None) -> str:
    """Return a regular expression for an amount; `amount` reads its groups.

    Args:
        name: prefix of its groups' names.
        currency: of the catalogue; "50 pounds" is money only where it is pounds.
    """
    signs, before = _any(SIGNS), _any({**SIGNS, **CODES})
    words = _any({**WORDS, **(WEIGHTS_TOO if currency == "GBP" else {})}, after="(?![a-z])")
    digits = rf"(?:{_ARABIC})(?:\s?[百千万](?:[1-9][百千]?)?|k(?![a-z]))?"
    return (
        rf"(?:(?P<{name}_sign>{before})\s?)?(?P<{name}>{digits}|{NUMERAL}|[百千万](?=元)|{numerals.NUMERAL})"
        rf"(?:\s?(?P<{name}_word>{words}|{signs})|{_ENDS})"
    )


def amount(found: re.Match[str], name: str) -> Amount:
    """Return the amount that a pattern of this name matched."""
    written = found[name]
    if re.match(_CONTINENTAL, written):
        written = written.replace(".", "").replace(",", ".")
    if re.match("[a-z]", written):
        value = numerals.number(written)
    else:
        value = number(written.removesuffix("k")) * (1000 if written.endswith("k") else 1)
    marks = [found[f"{name}_{part}"] for part in ("sign", "word")]
    meant = [_MEANS[mark] for mark in marks if mark]
    currencies = tuple(code for code in meant[0] if code in meant[-1]) if meant else ()
    decimals = written.partition(".")[2]
    return Amount(value, currencies or (meant[0] if meant else ()), len(decimals) != 1)


def _any(names: dict[str, tuple[str, ...]], after: str = "") -> str:
    ordered = sorted(names, key=len, reverse=True)
    return "|".join(
        re.escape(name) + (after if name.isascii() and name.isalpha() else "") for name in ordered
    )
