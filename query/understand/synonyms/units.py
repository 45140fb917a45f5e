"""How a text is cut for matching: words where a script has spaces, characters where it has none."""

import re
import unicodedata
from collections.abc import Iterator

from query.understand.plural import singular
from query.understand.words import Word, words

# What may stand between two words of one phrase: not a comma, which begins another one.
_GAP = re.compile("[\\s\\-\u2010-\u2013/&'\u2019]*")


def units(text: str) -> list[Word]:
    """Cut a text as the index does; keys ignore case, marks, possessives and the regular plural."""
    return [Word(singular(one.key), one.start, one.end) for one in words(text)]


def key_of(term: str) -> tuple[str, ...]:
    """Return what a whole term is compared by; empty when it holds neither letter nor digit."""
    return tuple(unit.key for unit in units(unicodedata.normalize("NFKC", term)))


def phrases(text: str) -> Iterator[list[Word]]:
    """Yield the runs of units that only spaces, hyphens and the like separate."""
    run: list[Word] = []
    for unit in units(text):
        if run and not _GAP.fullmatch(text, run[-1].end, unit.start):
            yield run
            run = []
        run.append(unit)
    if run:
        yield run
