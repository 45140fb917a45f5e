"""The step `compounds`: words that the catalogue writes as one, or as two."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from query.understand.interpretation import Alternative, Finding, Interpretation
from query.understand.lexicon import Lexicon
from query.understand.words import Word, is_plain, words

WEIGHT = 0.7
# Measured: beside the query's own words ranks a little better than words alone, instead of them
# worse where both spellings are in use.
EMBED: Literal["beside"] = "beside"
# A spelling that a single product uses is a slip.
_SEVERAL = 2
# What is joined or split must be long enough for chance to be ruled out: "an", "in" and "to" stand
# beside everything. Parts of two letters ("wi-fi"), and one letter behind ("iphone x"), take more titles.
_SHORTEST = 4
_SHORTEST_PART = 3
_SHORT, _SOME, _MANY = 2, 5, 10
_SMALL = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "how", "in"),
        *("into", "is", "it", "me", "my", "no", "not", "of", "off", "on", "or", "our"),
        *("out", "per", "so", "than", "that", "the", "them", "then", "they", "this", "to", "up"),
        *("us", "was", "we", "with", "you", "your"),
    )
)
_GAP = frozenset((" ", "-"))


class Compounds:
    """Adds the other spelling where the catalogue has it at least about as often."""

    name = "compounds"

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def __call__(self, query: Interpretation) -> Interpretation:
        """Return the query with its joined and split words."""
        told = words(query.text)
        for one, other in pairwise(told):
            if query.text[one.end : other.start] in _GAP:
                query = self._add(query, one.start, other.end, self._joined(one, other))
        for word in told:
            query = self._add(query, word.start, word.end, split(self._lexicon, word.key))
        return query

    def _joined(self, one: Word, other: Word) -> tuple[str, int]:
        return joined(self._lexicon, one.key, other.key)

    def _add(
        self, query: Interpretation, start: int, end: int, found: tuple[str, int]
    ) -> Interpretation:
        put, products = found
        if not put or not query.free(start, end):
            return query
        other = Alternative(start, end, put, WEIGHT, self.name, EMBED)
        source = f"catalogue: {put!r} in {products} products"
        effect = f"also finds {put!r} with weight {WEIGHT:g}"
        finding = Finding(self.name, "compound", query.text[start:end], start, end, source, effect)
        return replace(query.noticed(finding), alternatives=(*query.alternatives, other))


def joined(lexicon: Lexicon, one: str, other: str) -> tuple[str, int]:
    """Return two words as one, and the products that write it so; empty and 0 when none do.

    Two small words are left alone, and so is a pair that stands in titles more often.
    """
    put = one + other
    if {one, other} & _SMALL or len(put) < _SHORTEST or not is_plain(put):
        return "", 0
    count = lexicon.texts.get(put, 0)
    return (put, count) if count >= max(_SEVERAL, lexicon.phrase_count(one, other)) else ("", 0)


def split(lexicon: Lexicon, word: str) -> tuple[str, int]:
    """Return a word as the two words that titles most often have instead; see `joined`."""
    if len(word) < _SHORTEST or not is_plain(word):
        return "", 0
    put, count = max(_splits(lexicon, word), key=lambda found: found[1], default=("", 0))
    return (put, count) if count >= max(_SEVERAL, lexicon.texts.get(word, 0)) else ("", 0)


def _splits(lexicon: Lexicon, word: str) -> Iterator[tuple[str, int]]:
    for at in range(1, len(word)):
        one, other = word[:at], word[at:]
        shortest, count = min(at, len(other)), lexicon.phrase_count(one, other)
        letter = at == 1 and len(other) > _SHORTEST_PART
        letter |= len(other) == 1 and other != "s" and at > _SHORTEST_PART and count >= _SOME
        short = shortest == _SHORT and count >= _MANY
        if not {one, other} & _SMALL and (letter or short or shortest >= _SHORTEST_PART):
            yield f"{one} {other}", count
