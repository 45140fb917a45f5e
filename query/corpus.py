"""What scores are calibrated against: how rare words are, and what an average product looks like."""

import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mappings.index import ALIVE, SKETCH
from mappings.sketch import Vectors
from mappings.sketch import read as read_sketches
from query.engine import Engine
from query.filling import MANY, holds_s
from query.legs import Clause, Slot
from query.segments import Segment

Json = dict[str, Any]

# The mean of 1,000 unit vectors is known to about .002 of a cosine, below what ranking can tell.
_SAMPLE = MANY
_SEED = 20
_HIGHEST_MEAN = 0.9

# How rare a word is changes slowly, and so does the mean; a query's own words are looked up again, and
# products sampled again, after this.
_FRESH_S = 600.0
_MOST_WORDS = 50_000
# The engine takes 1,024 clauses, and each slot is three of them.
_MOST_SLOTS = 40


@dataclass(frozen=True)
class Weighed:
    """A query against the corpus.

    Attributes:
        highest: BM25 of a product that holds every word at its most; zero for a text without
            words, as one of stop words only.
        slots: the query's words with their shares of its idf, together 1.
    """

    highest: float
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class _Word:
    """One word in one field: terms and their document frequency by position, and all documents."""

    positions: tuple[tuple[tuple[str, int], ...], ...]
    documents: int

    def weights(self) -> list[float]:
        """Return the idf of each position as the engine weighs it.

        Terms at one position (a character and the pair it begins) are one to the engine, as
        frequent as the most frequent of them.
        """
        return [idf(self.documents, max(count for _, count in terms)) for terms in self.positions]

    def telling(self) -> list[tuple[str, float]]:
        """Return the term of each position that tells most, with its idf.

        A pair of characters is nearer to a word than one of them, unless no product has the pair.
        """
        longest = [
            max(terms, key=lambda one: (one[1] > 0, len(one[0]))) for terms in self.positions
        ]
        return [(term, idf(self.documents, count)) for term, count in longest]


# By field and word.
_Words = dict[tuple[str, str], _Word]


@dataclass(frozen=True)
class _Sample:
    """The mean of some products' sketches, shape (dimension,), and until when it holds, in seconds."""

    mean: Vectors
    until: float


class Corpus:
    """Statistics of one index: words as queries bring them, the mean vector from time to time.

    Threads may share it.

    Args:
        engine: asks the index.
        dimension: of its vectors.
        clock: seconds, monotonic.
    """

    def __init__(
        self, engine: Engine, dimension: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine, self.dimension, self._clock = engine, dimension, clock
        self._words: _Words = {}
        self._words_until, self._fresh_s = clock(), _FRESH_S
        self._sample: _Sample | None = None
        self._sampling = threading.Lock()
        self._ceiling = 0.0

    def weigh(self, segments: Sequence[Segment], clauses: Sequence[Clause]) -> Weighed:
        """Weigh a query's words by how rare they are.

        BM25 of a word approaches idf · c as the word is repeated (c is 1, or k1 + 1 = 2.2 in
        older indices). Words that no product has count as well: they are missed by every
        product.
        Robertson and Zaragoza (2009), The Probabilistic Relevance Framework: BM25 and Beyond.
        """
        worded = [clause for clause in clauses if clause.words]
        known = self._look_up(segments, [clause.field for clause in worded])
        total = sum(
            clause.boost * idf
            for clause in worded
            for segment in segments
            for word in _split(segment)
            for idf in known[clause.field, word].weights()
        )
        main = worded[0].field
        highest = total * self._most_per_idf(known, segments, main) if total else 0.0
        return Weighed(highest, _slots(known, segments, main))

    def mean(self) -> Vectors:
        """Return the mean of the products' sketches, shape (dimension,); zeros where there are none.

        The first calls wait for it. Later one call waits where it is old, the others go on with it.
        """
        known = self._sample
        if known is None:
            known = self._sample = self._sampled()
        elif self._clock() >= known.until and self._sampling.acquire(blocking=False):
            try:
                known = self._sample = self._sampled()
            finally:
                self._sampling.release()
        return known.mean

    def _look_up(self, segments: Sequence[Segment], fields: Sequence[str]) -> _Words:
        """Return the known words, those of the segments among them, new ones in one round trip.

        The table is replaced, never emptied: another thread may be reading it.
        """
        now = self._clock()
        if now >= self._words_until or len(self._words) > _MOST_WORDS:
            self._words, self._words_until = {}, now + self._fresh_s
        known = self._words
        wanted = [
            (field, word) for segment in segments for word in _split(segment) for field in fields
        ]
        missing = [pair for pair in dict.fromkeys(wanted) if pair not in known]
        if missing:
            found = self._engine.terms(missing)
            known |= {pair: _word(facts) for pair, facts in zip(missing, found, strict=True)}
        return known

    def _most_per_idf(self, known: _Words, segments: Sequence[Segment], field: str) -> float:
        """Return c, read once from the engine's own explanation of one word of one hit."""
        if self._ceiling:
            return self._ceiling
        words = (known[field, word] for segment in segments for word in _split(segment))
        there = [term for word in words for at in word.positions for term, count in at if count]
        if there:
            # The term as the index spells it; alone, for a repeated word is boosted.
            query = {"match": {field: {"query": there[0], "analyzer": "keyword"}}}
            body = {"size": 1, "_source": False, "explain": True, "query": query}
            hits = self._engine.search(body, there[0])["hits"]["hits"]
            self._ceiling = _factor(hits[0]["_explanation"]) if hits else 0.0
        return self._ceiling or 1.0

    def _sampled(self) -> _Sample:
        query = {"bool": {"filter": [ALIVE]}}
        random = {"seed": _SEED, "field": "_seq_no"}
        body = {
            "size": _SAMPLE,
            "track_total_hits": False,
            "_source": False,
            "docvalue_fields": [SKETCH],
            "query": {"function_score": {"query": query, "random_score": random}},
        }
        hits = self._engine.search(body, "")["hits"]["hits"]
        sketches = [hit["fields"][SKETCH][0] for hit in hits if SKETCH in hit.get("fields", {})]
        self._fresh_s = holds_s(len(sketches), _FRESH_S)
        until = self._clock() + self._fresh_s
        if not sketches:
            return _Sample(np.zeros(self.dimension, np.float32), until)
        return _Sample(read_sketches(sketches, self.dimension).mean(axis=0), until)


def mean_cosine(vector: Vectors, mean: Vectors) -> float:
    """Return the mean cosine of a query vector to the products, both vectors of shape (dimension,).

    At most .9: the mean of a handful of products can be the query itself, and room must be left
    above it.
    """
    return min(float(mean @ vector), _HIGHEST_MEAN)


def _slots(known: _Words, segments: Sequence[Segment], field: str) -> tuple[Slot, ...]:
    weighed = [
        (segment, dict(pair for word in _split(segment) for pair in known[field, word].telling()))
        for segment in segments
    ]
    slots: list[Slot] = []
    for segment, weights in weighed:
        terms = tuple(weights.items())
        if len(segment.spellings) > 1 and terms:
            slots.append(Slot(terms, segment.spellings[1:]))
        else:
            slots += [Slot((term,)) for term in terms]
    return _shared(slots)


def _shared(slots: list[Slot]) -> tuple[Slot, ...]:
    """Return the slots that tell most, at most `_MOST_SLOTS`, their idf as shares of all of it."""
    telling = sorted(range(len(slots)), key=lambda place: -slots[place].share)[:_MOST_SLOTS]
    slots = [slots[place] for place in sorted(telling)]
    total = sum(slot.share for slot in slots)
    return tuple(
        Slot(tuple((term, weight / total) for term, weight in slot.terms), slot.others)
        for slot in slots
    )


def idf(documents: int, frequency: int) -> float:
    """Return BM25's inverse document frequency; statistics may lag, so it stays above zero."""
    rest = max(documents - frequency, 0)
    return math.log1p((rest + 0.5) / (frequency + 0.5))


def _split(segment: Segment) -> Iterable[str]:
    """Return the stretches that analysis cannot join: terms never cross white space."""
    return segment.text.split()


def _word(found: Json) -> _Word:
    """Read how one word is analysed.

    Args:
        found: `field_statistics` and `terms` of `_termvectors`, with positions; may be empty.
    """
    if not found:
        return _Word((), 0)
    at: dict[int, list[tuple[str, int]]] = {}
    for term, facts in found["terms"].items():
        for token in facts["tokens"]:
            at.setdefault(token["position"], []).append((term, facts.get("doc_freq", 0)))
    positions = tuple(tuple(at[place]) for place in sorted(at))
    return _Word(positions, found["field_statistics"]["doc_count"])


def _factor(explanation: Json) -> float:
    """Find `boost` in an explanation: older similarities fold k1 + 1 into it, newer leave it out."""
    if explanation["description"].startswith("boost"):
        return float(explanation["value"])
    found = [_factor(detail) for detail in explanation.get("details", [])]
    return max(found, default=1.0)
