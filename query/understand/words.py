"""The words of a text as the index sees them, in the form people wrote them: not stemmed."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from query.understand.plural import singular

# Ideographs and hiragana are words by themselves to the standard tokenizer, katakana is not.
_ALONE = "\u3005-\u3007\u3041-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PART = rf"(?:(?![{_ALONE}])\w)+"
# Unicode Standard Annex 29: these join letters, those join digits.
_JOIN = r"(?:(?<=[^\W\d_])['\u2019.](?=[^\W\d_])|(?<=\d)[.,;](?=\d))"
_WORD = re.compile(rf"[{_ALONE}]|{_PART}(?:{_JOIN}{_PART})*")
# What joins and colours pictures: a joiner, a variant, the frame of a key cap.
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")
# Before it, symbols are of writing.
_FIRST_PICTURE = "\u2300"
_POSSESSIVE = re.compile(r"['\u2019]s(?!\w)", re.IGNORECASE)
_PLAIN = re.compile(r"[a-z]+")


class _Folding(dict[int, str]):
    """Letters with marks to plain ones, as `asciifolding` does; other scripts stay as they are."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        base = unicodedata.normalize("NFKD", letter)
        plain = "".join(part for part in base if not unicodedata.combining(part))
        self[code] = plain.lower() if plain.isascii() else letter
        return self[code]


_FOLDING = _Folding(
    {ord(one): other for one, other in zip("ßæœøłđ", ("ss", "ae", "oe", *"old"), strict=True)}
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: how the lexicon spells it, and where it stands."""

    key: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """Return the words of a text in order; an ideograph is a word."""
    return [Word(_whole(fold(one.group())), one.start(), one.end()) for one in _WORD.finditer(text)]


def keys(text: str) -> list[str]:
    """Return the words of a text without their places, for texts by the thousand."""
    if text.isascii():
        return _WORD.findall(_whole(text.lower()))
    return [_whole(fold(word)) for word in _WORD.findall(text)]


def form(text: str) -> str:
    """Return what a phrase is compared by: singular words in single spaces."""
    return " ".join(map(_singular, keys(text)))


def fold(text: str) -> str:
    """Return a text in lower case, without marks on Latin letters, full width made half."""
    return text.lower() if text.isascii() else text.lower().translate(_FOLDING)


def unpictured(text: str) -> str:
    """Return a text without its emoji and other pictures; one of nothing else as it is."""
    if text.isascii():
        return text
    kept = "".join(" " if is_picture(char) or char in _JOINERS else char for char in text)
    return " ".join(kept.split()) or text


def is_plain(word: str) -> bool:
    """Return whether a folded word is of Latin letters alone."""
    return bool(_PLAIN.fullmatch(word))


def is_picture(char: str) -> bool:
    """Return whether a character is an emoji; ™ and ° are of writing."""
    return char >= _FIRST_PICTURE and unicodedata.category(char) in {"So", "Sk"}


def _whole(text: str) -> str:
    """Return words without their possessives; only at the end of a word is there one."""
    return _POSSESSIVE.sub("", text) if "'" in text or "\u2019" in text else text


_singular = lru_cache(100_000)(singular)
