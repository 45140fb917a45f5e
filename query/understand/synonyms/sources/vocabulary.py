"""Words and phrases of a catalogue's titles: how many titles have them, and which."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from query.understand.synonyms.units import key_of, phrases
from query.understand.words import Word

Key = tuple[str, ...]

# A term in fewer titles is a model name or a slip; nothing can be told about it.
LEAST = 3
# More titles tell nothing new about words that matter, and stay in memory.
MOST_TITLES = 200_000
_LONGEST = 2
_SHORTEST_WORD = 3
# Words that say how others hang together; none is a name for a thing.
_FUNCTION_WORDS = """
about above after again all also and any anywhere are because been before below between both
but can did does down during each every few for from further had has have her here highly him
his how into its just made make makes may more most much not off once only other our out over
own per she should some such than that the their them then there these they this those through
too under until upon very was were what when where which while who why will with within
without would you your
"""
_STOP = frozenset(_FUNCTION_WORDS.split())


@dataclass
class Vocabulary:
    """What the sources know of a catalogue.

    Attributes:
        titles: of the products, in the order read.
        holders: by term, the numbers of the titles with it, ascending.
        spelling: by term, its most frequent form in lower case.
        values: by kind of value, e.g. `brand` or `colour`, the terms that are one.
    """

    titles: list[str] = field(default_factory=list)
    holders: dict[Key, list[int]] = field(default_factory=dict)
    spelling: dict[Key, str] = field(default_factory=dict)
    values: dict[str, set[Key]] = field(default_factory=dict)

    def df(self, term: Key) -> int:
        """Return the number of titles with a term."""
        return len(self.holders.get(term, ()))

    def together(self, one: Key, other: Key) -> int:
        """Return the number of titles with both terms."""
        return len(set(self.holders.get(one, ())) & set(self.holders.get(other, ())))

    def examples(self, *terms: Key, each: int = 2) -> tuple[str, ...]:
        """Return the first few titles with each term."""
        return tuple(
            self.titles[number] for term in terms for number in self.holders.get(term, ())[:each]
        )

    def siblings(self, one: Key, other: Key) -> bool:
        """Return whether both are values of one kind: two colours, two brands."""
        return any(one in terms and other in terms for terms in self.values.values())


def build(titles: Iterable[str], values: Iterable[tuple[str, str]]) -> Vocabulary:
    """Count the words and two-word phrases of titles.

    Terms with a digit, of fewer than three letters or of a script without spaces are left out.

    Args:
        titles: of the products; `MOST_TITLES` are read.
        values: kind and value, as the lexicon knows them.
    """
    found = Vocabulary()
    forms: dict[Key, Counter[str]] = {}
    for number, title in zip(range(MOST_TITLES), titles, strict=False):
        found.titles.append(title)
        for key, form in set(_terms(title)):
            holders = found.holders.setdefault(key, [])
            if not holders or holders[-1] != number:
                holders.append(number)
            forms.setdefault(key, Counter())[form] += 1
    found.holders = {key: held for key, held in found.holders.items() if len(held) >= LEAST}
    found.spelling = {key: forms[key].most_common(1)[0][0] for key in found.holders}
    for kind, text in values:
        found.values.setdefault(kind, set()).update(_value_terms(text))
    return found


def _terms(title: str) -> Iterator[tuple[Key, str]]:
    for run in phrases(title):
        for size in range(1, _LONGEST + 1):
            for at in range(len(run) - size + 1):
                span = run[at : at + size]
                if all(_telling(unit) for unit in span):
                    form = " ".join(title[unit.start : unit.end] for unit in span)
                    yield tuple(unit.key for unit in span), form.lower().replace("'s", "")


def _telling(unit: Word) -> bool:
    return len(unit.key) >= _SHORTEST_WORD and unit.key.isalpha() and unit.key not in _STOP


def _value_terms(text: str) -> Iterator[Key]:
    """Yield a whole value and the words of a short one, so that `navy blue` tells of both."""
    key = key_of(text)
    yield key
    if len(key) <= _LONGEST:
        yield from ((word,) for word in key)
