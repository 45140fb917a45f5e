"""By which words a value of the catalogue can be named."""

import re
from collections.abc import Iterator
from functools import lru_cache

from query.understand.words import form

# Longer values are prose.
LONGEST = 8
_PATH = re.compile(r"\s*(?:[>»\u203a|]|::)\s*")
# In a path by other signs it stands between names of one thing, "Cups / Mugs".
_SLASHED = re.compile(r"\s+/\s+")
_PARTS = re.compile(r"\s*(?:[,;:/&|+\u3001\uff0c\uff1b\uff1a]|\band\b)\s*")
# How much of a material, and what is said about a value on the side.
_ASIDE = re.compile(r"\([^()]*\)|\uff08[^\uff08\uff09]*\uff09|\d+(?:\.\d+)?\s*%")
# Legal forms and the like that nobody types.
_SUFFIX = re.compile(
    r"[\s,]+(?:inc|ltd|llc|gmbh|corp|corporation|company|co|brand)\.?$|(?:制造商|有限公司|旗舰店)$",
    re.IGNORECASE,
)
_SPLIT = ("category", "colour", "material", "audience")
# Royal blue is blue, and casual pants are pants.
_HEADED = ("category", "colour")


def forms(kind: str, text: str) -> Iterator[str]:
    """Yield the forms of a value: the whole, the parts of which several make one, their last words.

    Values without a letter name nothing by themselves: 15.6 may be inches or kilograms.
    """
    whole = leaf(text) if kind == "category" else text
    whole = _SUFFIX.sub("", _ASIDE.sub(", ", whole)).strip(" ,")
    parts = [form(part) for part in (whole, *(_PARTS.split(whole) if kind in _SPLIT else ()))]
    if kind in _HEADED:
        parts += [_last(part) for part in parts]
    for one in dict.fromkeys(parts):
        size = one.count(" ") + 1
        if size <= LONGEST and _tells(one):
            yield one


def is_own(category: str, one: str) -> bool:
    """Return whether a category is that of a form, not one that has it among others.

    "Shoes" and "Running Shoes" are categories of shoes, "Clothing, Shoes & Jewelry" is not.
    """
    own = leaf(category)
    parts = [form(part) for part in _PARTS.split(own)]
    return form(own) == one or (len(parts) == 1 and _last(parts[0]) == one)


def leaf(category: str) -> str:
    """Return the innermost part of a category path such as `A > B > C` or `A / B / C`."""
    return _split(category)[-1]


def path_of(value: object) -> tuple[str, ...]:
    """Return a stored category as its parts, the outermost first, each once.

    Args:
        value: None, a category, a path such as `A > B > C` or `A / B / C`, or a list of these.
    """
    return _path(tuple(value) if isinstance(value, list) else value)


@lru_cache(100_000)
def _path(value: object) -> tuple[str, ...]:
    """Return the parts of one category; a catalogue has few, and every search meets hundreds."""
    texts = value if isinstance(value, tuple) else (value,)
    parts = (part for text in texts if isinstance(text, str) for part in _split(text) if part)
    return tuple(dict.fromkeys(parts))


def _split(path: str) -> list[str]:
    """Return what stands between a path's signs, one part where it has none."""
    text = path.strip()
    parts = _PATH.split(text)
    return parts if len(parts) > 1 else _SLASHED.split(text)


def _last(one: str) -> str:
    """Return the last word of a form: two characters in Chinese."""
    _, _, word = one.rpartition(" ")
    return " ".join(one.split(" ")[-2:]) if _is_ideograph(word) else word


def _is_ideograph(one: str) -> bool:
    return len(one) == 1 and one > "\u3400"


def _tells(one: str) -> bool:
    """Return whether a form says something: an ideograph does, a letter or a number does not."""
    return _is_ideograph(one) or (len(one) > 1 and any(map(str.isalpha, one)))
