"""By which words a value of the catalogue can be named."""

import re
from collections.abc import Iterator

from query.understand.words import form

# Longer values are prose.
LONGEST = 8
_PATH = re.compile(r"\s*(?:>|»|::|\|)\s*")
_PARTS = re.compile(r"\s*(?:[,;/&|+\u3001\uff0c\uff1b]|\band\b)\s*")
# How much of a material, and what is said about a value on the side.
_ASIDE = re.compile(r"\([^()]*\)|\uff08[^\uff08\uff09]*\uff09|\d+(?:\.\d+)?\s*%")
# Legal forms and the like that nobody types.
_SUFFIX = re.compile(
    r"[\s,]+(?:inc|ltd|llc|gmbh|corp|corporation|company|co|brand)\.?$|(?:制造商|有限公司|旗舰店)$",
    re.IGNORECASE,
)
_SPLIT = ("category", "colour", "material", "audience")


def forms(kind: str, text: str) -> Iterator[str]:
    """Yield the forms of a value: the whole, and the parts of which several make a value.

    Values without a letter name nothing by themselves: 15.6 may be inches or kilograms.
    """
    whole = _PATH.split(text)[-1] if kind == "category" else text
    whole = _SUFFIX.sub("", _ASIDE.sub(" ", whole)).strip()
    parts = [whole, *(_PARTS.split(whole) if kind in _SPLIT else ())]
    for one in dict.fromkeys(map(form, parts)):
        size = one.count(" ") + 1
        if size <= LONGEST and _tells(one):
            yield one


def _tells(one: str) -> bool:
    """Return whether a form says something: an ideograph does, a letter or a number does not."""
    return one > "\u3400" if len(one) == 1 else any(map(str.isalpha, one))
