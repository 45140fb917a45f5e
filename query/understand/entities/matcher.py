"""Words of a query that name values of the catalogue, each with how surely they do."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from query.understand.entities.aliases import aliases_of
from query.understand.entities.forms import LONGEST, is_own
from query.understand.entities.kinds import BRAND
from query.understand.inflections import inflections
from query.understand.interpretation import Alternative, Interpretation
from query.understand.lexicon import Lexicon, Value
from query.understand.plural import singular
from query.understand.words import Word, words

# From here on words mean the value; below they more often mean something else.
SURE = 0.6
# From here on they may mean it.
PERHAPS = 0.25
_FEWEST = 3
# A category of several things that has this many times the products of those of the one alone is a
# department.
_BROAD = 2
# What is known before a title is read weighs as much as this many titles.
_TITLES = 2.0
# The most that is believed then. Several words hardly ever name something by chance, and a brand is
# a name; a word such as "boys" needs a title that uses it so.
_NAME, _WORD = 0.6, 0.45
# What the catalogue itself does not say is a little less sure.
_ALIAS = 0.9
# What may stand between two words of one name: no comma, which begins another one.
_GAP = re.compile("[\\s\\-\u2010-\u2013/&.+'\u2019]*")


@dataclass(frozen=True)
class Named:
    """A value that a query names.

    Attributes:
        kind: of its field.
        field: of the catalogue.
        values: its spellings, the most frequent first.
        start: first character of the words in the query.
        end: one past the last.
        confidence: 0 to 1.
        alias: whether the catalogue spells it in other words.
    """

    kind: str
    field: str
    values: tuple[Value, ...]
    start: int
    end: int
    confidence: float
    alias: bool

    @property
    def products(self) -> int:
        """Products that have it, counted once for each spelling."""
        return sum(value.products for value in self.values)


class Matcher:
    """Finds values by looking up every run of words, the longest first.

    A query is short and a dictionary is built as fast as it is read: an automaton over the forms
    would take longer to make than it could ever save. A Chinese character is a word here.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._named = lexicon.named
        self._texts = lexicon.texts
        # Forms that queries had so far, at most as many as the catalogue has.
        self._met: dict[str, tuple[Named, ...]] = {}
        self._aliases: dict[str, list[tuple[str, str]]] = {}
        for (kind, alias), name in aliases_of(lexicon.named).items():
            self._aliases.setdefault(alias, []).append((kind, name))

    def matches(self, query: Interpretation) -> Iterator[Named]:
        """Yield what is named surely, and what perhaps; runs of words do not overlap."""
        told = _read(query)
        forms = [singular(word.key) for word in told]
        place = 0
        while place < len(told):
            ahead = slice(place, place + LONGEST)
            size, found = self._longest(query.text, told[ahead], forms[ahead])
            yield from found
            place += size

    def _longest(
        self, text: str, told: Sequence[Word], forms: Sequence[str]
    ) -> tuple[int, Sequence[Named]]:
        """Return how many words were read, and what they name.

        Args:
            text: the query.
            told: its next words.
            forms: each of them in the singular.
        """
        perhaps: tuple[int, Sequence[Named]] = (1, ())
        for size in range(_run(text, told), 0, -1):
            found = self._values(" ".join(forms[:size]), told[0].start, told[size - 1].end)
            if sure := [one for one in found if one.confidence >= SURE]:
                return size, sure
            if not perhaps[1] and found:
                perhaps = size, found
        return perhaps

    def _values(self, form: str, start: int, end: int) -> list[Named]:
        """Return what a form names, standing there."""
        if form not in self._named and form not in self._aliases:
            return []
        if form not in self._met:
            self._met[form] = tuple(self._meant(form))
        return [replace(one, start=start, end=end) for one in self._met[form]]

    def _meant(self, form: str) -> list[Named]:
        """Return what a form may mean, as if it stood nowhere."""
        groups: dict[tuple[str, str, bool], list[Value]] = {}
        for value in self._named.get(form, ()):
            groups.setdefault((value.kind, value.field, False), []).append(value)
        for kind, name in self._aliases.get(form, ()):
            for value in self._named[name]:
                if value.kind == kind:
                    groups.setdefault((kind, value.field, True), []).append(value)
        found = (
            self._weighed(Named(kind, field, tuple(values), 0, 0, 0.0, alias))
            for (kind, field, alias), values in groups.items()
        )
        return [one for one in found if _counts(one)]

    def _weighed(self, one: Named) -> Named:
        sure = confidence(one.values[0], self._anywhere(one.values[0].form))
        return replace(
            one,
            values=_narrow(one.kind, one.values),
            confidence=sure * _ALIAS if one.alias else sure,
        )

    def _anywhere(self, form: str) -> int:
        return max(self._texts.get(word, 0) for word in inflections(form))


def _narrow(kind: str, values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return the values without departments: categories of many things besides what is named.

    Measured: without every category of several things ("Shampoo & Conditioner") rankings lose.
    """
    own = {one.text for one in values if kind == "category" and is_own(one.text, one.form)}
    products = sum(one.products for one in values if one.text in own)
    if products < _FEWEST:
        return values
    return tuple(one for one in values if one.text in own or one.products <= _BROAD * products)


def confidence(value: Value, anywhere: int) -> float:
    """Return how surely a value's form means it: the share of titles with the form that do.

    Where titles are few, it is drawn to the share of the products that have the word anywhere.

    Args:
        value: any spelling of it.
        anywhere: products with the form in any text, where it is a single word.
    """
    most = _NAME if value.kind == BRAND or " " in value.form else _WORD
    share = most if " " in value.form else min(value.products / max(anywhere, 1), most)
    return (value.both + _TITLES * share) / (value.titled + _TITLES)


def _counts(one: Named) -> bool:
    """Return whether a value is worth a word; but for a brand, one of a few products is a slip."""
    return one.confidence >= PERHAPS and (
        one.products >= _FEWEST or (one.kind == BRAND and one.confidence >= SURE)
    )


def _read(query: Interpretation) -> list[Word]:
    """Return the words that are searched for, misspelled ones as they were meant."""
    corrected = [one for one in query.alternatives if one.embed == "instead"]
    cuts = [*query.removed, *((one.start, one.end) for one in corrected)]
    told = [
        word
        for word in words(query.text)
        if not any(start < word.end and word.start < end for start, end in cuts)
    ]
    for one in corrected:
        told += _placed(one, words(query.text[one.start : one.end]))
    return sorted(told, key=lambda word: word.start)


def _placed(one: Alternative, typed: Sequence[Word]) -> list[Word]:
    """Return the words that were meant, where those stand that were typed; all as one if unlike."""
    meant = words(one.text)
    if len(meant) != len(typed):
        return [replace(word, start=one.start, end=one.end) for word in meant]
    return [
        replace(word, start=one.start + there.start, end=one.start + there.end)
        for word, there in zip(meant, typed, strict=True)
    ]


def _run(text: str, told: Sequence[Word]) -> int:
    """Return how many words from the first on stand together."""
    for size, (one, other) in enumerate(pairwise(told), 1):
        if other.start > one.end and not _GAP.fullmatch(text, one.end, other.start):
            return size
    return len(told)
