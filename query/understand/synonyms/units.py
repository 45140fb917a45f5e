"""How a text is cut for matching: words where a script has spaces, characters where it has none."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Scripts written without spaces: kana and the CJK ideographs with their extensions.
_DENSE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = rf"(?:(?![{_DENSE}])[^\W_])"
# 'c++' and 'o'neill' are words, and so is '1.5l'.
_UNIT = re.compile(rf"[{_DENSE}]|{_LETTER}+(?:[.'\u2019]{_LETTER}+)*(?:[+#]+(?!{_LETTER}))?")
# What may stand between two words of one phrase: not a comma, which begins another one.
_GAP = re.compile("[\\s\\-\u2010-\u2013/&'\u2019]*")
_OF_ITS_OWN = frozenset(
    (
        *("arms", "blinds", "boxers", "briefs", "customs", "flats", "glasses", "goods", "heels"),
        *("irons", "jeans", "news", "pants", "shorts", "slacks", "specs", "sweats", "tights"),
        "trunks",
    )
)
_NOT_PLURAL = ("ss", "us", "is")
_HISSING = ("ches", "shes", "xes", "sses", "zzes")
_SHORTEST_PLURAL = 4


@dataclass(frozen=True)
class Unit:
    """One word or character of a text: what it is compared by, and where it stands."""

    key: str
    start: int
    end: int


def units(text: str) -> list[Unit]:
    """Cut a text; the keys ignore case, width, possessives and the regular English plural."""
    return [Unit(_key(one.group()), one.start(), one.end()) for one in _UNIT.finditer(text)]


def key_of(text: str) -> tuple[str, ...]:
    """Return what a whole term is compared by; empty when it holds neither letter nor digit."""
    return tuple(unit.key for unit in units(unicodedata.normalize("NFKC", text)))


def phrases(text: str) -> Iterator[list[Unit]]:
    """Yield the runs of units that only spaces, hyphens and the like separate."""
    run: list[Unit] = []
    for unit in units(text):
        if run and not _GAP.fullmatch(text, run[-1].end, unit.start):
            yield run
            run = []
        run.append(unit)
    if run:
        yield run


def singular(word: str) -> str:
    """Return the singular of a regular English plural in lower case, else the word itself.

    A plural that is also a word of its own ("glasses", "shorts") stays what it is: a rule about
    glass must not fire on spectacles. What is cut wrongly ("canvas") is cut so on both sides.
    """
    if len(word) < _SHORTEST_PLURAL or not word.isascii() or not word.isalpha():
        return word
    if word in _OF_ITS_OWN or not word.endswith("s") or word.endswith(_NOT_PLURAL):
        return word
    if word.endswith("ies") and len(word) > len("pies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(_HISSING) else word[:-1]


def _key(unit: str) -> str:
    folded = unicodedata.normalize("NFKC", unit).casefold().replace("\u2019", "'")
    return singular(folded.removesuffix("'s"))
