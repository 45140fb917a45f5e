"""What a query was understood to ask; every step of understanding returns a new one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, Protocol, Self

from query.request import Filter


@dataclass(frozen=True)
class Finding:
    """One thing a step noticed: the evidence of understanding.

    Attributes:
        step: name of the step.
        kind: what was found, e.g. `brand`, `price`, `unit`, `unknown word`.
        text: what it matched, as it stands in the query.
        start: its first character in `Interpretation.text`.
        end: one past its last character.
        source: where the knowledge comes from, e.g. `catalogue: brand, 37 products`.
        effect: what it changed, as a clause a person can read; empty when nothing.
    """

    step: str
    kind: str
    text: str
    start: int
    end: int
    source: str
    effect: str = ""


@dataclass(frozen=True)
class Alternative:
    """Words that may stand in the place of others.

    Attributes:
        start: first character replaced in `Interpretation.text`.
        end: one past the last.
        text: what may stand there.
        weight: factor on what it scores in the lexical leg, above 0, at most 1.
        step: that found it.
        embed: whether the embedded text has it `instead` of the original, `beside` it (a second
            text, averaged with the first), or not at all.
    """

    start: int
    end: int
    text: str
    weight: float
    step: str
    embed: Literal["instead", "beside", "no"] = "no"


@dataclass(frozen=True)
class Entity:
    """A value of a catalogue field that the query names.

    Attributes:
        kind: `brand`, `category`, `colour`, `size`, `material`, `model number` or `audience`.
        field: of the catalogue.
        value: as the index spells it, never the user's text.
        start: first character in `Interpretation.text`.
        end: one past the last.
        confidence: 0 to 1, how surely these words mean this value.
    """

    kind: str
    field: str
    value: str
    start: int
    end: int
    confidence: float


@dataclass(frozen=True)
class PriceRange:
    """What a product may cost; a product without a price is not excluded.

    Attributes:
        field: the catalogue's price field.
        low: in the catalogue's currency, None when open.
        high: likewise.
    """

    field: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Reading:
    """One sense of the query, for the vector legs.

    Attributes:
        texts: whose vectors are averaged.
        weight: above 0, at most 1; the most likely reading has 1.
    """

    texts: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class Interpretation:
    """A query as understood so far.

    Attributes:
        typed: what the user wrote.
        text: the same, normalised; all positions count its characters.
        language: ISO 639-1 code, e.g. `en`, `zh`; empty when it cannot be told.
        removed: spans of `text` that are no longer searched for: price words, negated words.
        negated: of the removed, those that say what is not wanted.
        avoided: phrases that a product should not have.
        filters: conditions every hit must meet, beside the request's own.
        price: the range that was asked for.
        alternatives: words that may replace others.
        entities: catalogue values that were named.
        unwanted: catalogue values that the avoided phrases name.
        senses: further readings of an ambiguous query, less likely than the words themselves.
        findings: the evidence, in the order of the steps.
    """

    typed: str
    text: str
    language: str = ""
    removed: tuple[tuple[int, int], ...] = ()
    negated: tuple[tuple[int, int], ...] = ()
    avoided: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    price: PriceRange | None = None
    alternatives: tuple[Alternative, ...] = ()
    entities: tuple[Entity, ...] = ()
    unwanted: tuple[Entity, ...] = ()
    senses: tuple[Reading, ...] = ()
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, text: str) -> Self:
        """Return a query of which nothing is understood yet."""
        return cls(typed=text, text=text)

    @property
    def asked(self) -> str:
        """The text without the removed spans: what products should have."""
        return _without(self.text, self.removed)

    def noticed(self, *findings: Finding) -> "Interpretation":
        """Return the interpretation with more evidence."""
        return replace(self, findings=(*self.findings, *findings))

    def removing(self, *spans: tuple[int, int]) -> "Interpretation":
        """Return the query with more spans removed, and without what was found inside them."""
        removed = _merged((*self.removed, *spans))
        alternatives = tuple(
            one for one in self.alternatives if _clear(removed, one.start, one.end)
        )
        return replace(self, removed=removed, alternatives=alternatives)

    def free(self, start: int, end: int) -> bool:
        """Return whether a span was neither removed nor given an alternative."""
        taken = [*self.removed, *((one.start, one.end) for one in self.alternatives)]
        return _clear(taken, start, end)

    def readings(self) -> tuple[Reading, ...]:
        """Return what is embedded: the query as asked, then its other senses.

        A text with negated words is the mean of itself with and without them: an encoder does
        not understand "without", but the words around it still say what is meant.
        """
        instead = self._put("instead")
        texts = [self._rewritten(instead, self.removed)]
        if self.avoided:
            texts.append(self._rewritten(instead, apart(self.removed, self.negated)))
        for extra in self._put("beside"):
            others = [
                one for one in instead if _clear([(extra.start, extra.end)], one.start, one.end)
            ]
            texts.append(self._rewritten([*others, extra], self.removed))
        return Reading(tuple(dict.fromkeys(text for text in texts if text))), *self.senses

    def _put(self, embed: str) -> list[Alternative]:
        """Return the alternatives of a kind outside the removed spans."""
        return [
            one
            for one in self.alternatives
            if one.embed == embed and _clear(self.removed, one.start, one.end)
        ]

    def _rewritten(self, put: Iterable[Alternative], removed: Iterable[tuple[int, int]]) -> str:
        cuts = [(start, end, "") for start, end in removed]
        return _spliced(self.text, [*cuts, *((one.start, one.end, one.text) for one in put)])


class Step(Protocol):
    """One step of understanding. It is pure: whatever it knows it was made with."""

    @property
    def name(self) -> str:
        """Name in evidence, settings and `--ablate`."""

    def __call__(self, query: Interpretation) -> Interpretation:
        """Return the query with what this step adds; the same object when it has nothing to add."""


def understand(text: str, steps: Iterable[Step]) -> Interpretation:
    """Run the steps in order."""
    query = Interpretation.of(text)
    for step in steps:
        query = step(query)
    return query


def _clear(spans: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    """Return whether none of the spans shares a character with another."""
    return all(end <= begin or stop <= start for begin, stop in spans)


def apart(
    spans: Iterable[tuple[int, int]], others: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield spans without the parts that others cover."""
    covered = sorted(others)
    for start, end in spans:
        place = start
        for begin, stop in covered:
            if begin < end and place < stop:
                if place < begin:
                    yield place, begin
                place = stop
        if place < end:
            yield place, end


def _merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return spans in order, those that touch or overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    return _spliced(text, [(start, end, "") for start, end in spans])


def _spliced(text: str, cuts: Iterable[tuple[int, int, str]]) -> str:
    """Return a text with spans replaced, in single spaces; of two that overlap the first."""
    parts, place = [], 0
    for start, end, put in sorted(cuts, key=lambda cut: cut[:2]):
        if start < place:
            continue
        parts += [text[place:start], put]
        place = end
    return " ".join(" ".join((*parts, text[place:])).split()) if parts else text
