"""A text becomes everything that the engine is asked with, and is remembered for a while."""

import threading
import time
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from mappings.catalogue import Catalogue
from query import legs
from query.candidates import Asked, Sense, centred
from query.corpus import Corpus, mean_cosine
from query.encode import QueryEncoder
from query.filters import clauses
from query.legs import Json, Named
from query.ranking import Floats
from query.request import says_anything
from query.segments import segments
from query.understand.entities.census import categories_of
from query.understand.interpretation import Entity, Interpretation, Step, understand
from query.understand.words import unpictured

# The engine takes 1,024 clauses: of a longer text, pairs and pieces of words are not searched for.
_LONG = 100
# Steps ask the index what the lexicon does not know, and how rare words are changes, too: what is
# known of a text holds for so long.
_FRESH_S = 60.0
# 2,000 texts take about 10 MB.
_REMEMBERED = 2_000

# By text, names of the steps that are left out, and whether words take part.
_Known = Callable[[str, frozenset[str], bool], Asked]


class _Memory(NamedTuple):
    """What was prepared with the same steps, since when."""

    steps: Sequence[Step]
    since: float
    known: _Known


class Prepared:
    """Prepares texts for one index, and remembers them: shops are asked the same again and again.

    Threads may share it.

    Args:
        catalogue: of the index.
        corpus: its statistics.
        encoder: of queries.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        corpus: Corpus,
        encoder: QueryEncoder,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalogue, self._corpus, self._encoder = catalogue, corpus, encoder
        self._clock = clock
        self._counting = threading.Lock()
        self._asked = self._made = 0
        self._memory = self._empty(())

    @property
    def hits(self) -> int:
        """Texts that were known when they were asked for."""
        return self._asked - self._made

    def of(
        self, text: str, steps: Sequence[Step], left_out: Collection[str], *, words: bool
    ) -> Asked:
        """Return what the engine is asked with, the request's own conditions aside.

        Args:
            text: of the query, checked.
            steps: of understanding, the same object as long as they are the same: with another one
                nothing is remembered.
            left_out: names of steps that do not run.
            words: whether the lexical leg takes part.

        Raises:
            ConnectorError: of the model, or of the cluster that is asked about words not yet known.
        """
        memory = self._memory
        if memory.steps is not steps or self._clock() - memory.since > _FRESH_S:
            memory = self._memory = self._empty(steps)
        names = frozenset(step.name for step in steps if step.name in left_out)
        with self._counting:
            self._asked += 1
        return memory.known(text, names, words)

    def forget(self) -> None:
        """Forget all texts."""
        self._memory = self._empty(())

    def _empty(self, steps: Sequence[Step]) -> _Memory:
        def prepared(text: str, left_out: frozenset[str], words: bool) -> Asked:
            with self._counting:
                self._made += 1
            query = understand(text, [step for step in steps if step.name not in left_out])
            return self.prepare(query, words=words)

        return _Memory(steps, self._clock(), lru_cache(_REMEMBERED)(prepared))

    def prepare(self, query: Interpretation, *, words: bool) -> Asked:
        """Return everything the engine is asked with, one round trip for words not yet known."""
        stretches = segments(query) if words else ()
        long = len(query.text) > _LONG
        parts = (legs.bm25_clauses if long else legs.four_part)(self._catalogue)
        mean = self._corpus.mean()
        legibility = self._encoder.legibility(self._readable(query.asked))
        return Asked(
            query=query,
            segments=stretches,
            clauses=parts,
            weighed=self._corpus.weigh(stretches, parts),
            # A search by vectors alone shows what the encoder makes of any words.
            senses=self._senses(query, mean) if legibility or not words else (),
            named=self._named(query),
            mean=mean,
            conditions=_understood(query, self._catalogue),
            shelf=_shelf(self._catalogue),
            unwanted=self._values(query.unwanted),
            legibility=legibility,
        )

    def _senses(self, query: Interpretation, mean: Floats) -> tuple[Sense, ...]:
        """Return the vectors of the readings; none of "!!!": what it would find is noise."""
        if query.asked and not says_anything(query.asked):
            return ()
        readings = query.readings()
        texts = [list(map(self._readable, reading.texts)) for reading in readings]
        vectors = self._encoder.means(texts)
        return tuple(
            _sense(vector, mean, reading.weight)
            for vector, reading in zip(vectors, readings, strict=True)
        )

    def _readable(self, text: str) -> str:
        """Return a text without its emoji, where those are what the encoder cannot read of it.

        Each would stand for the same unknown thing, and say that of words there is less to read.
        """
        bare = unpictured(text)
        if bare == text or self._encoder.legibility(bare) <= self._encoder.legibility(text):
            return text
        return bare

    def _named(self, query: Interpretation) -> tuple[Named, ...]:
        """Return what can be looked up of the entities: spellings of one stretch are one thing."""
        stretches: dict[tuple[int, int, str], list[Entity]] = {}
        for entity in query.entities:
            if self._catalogue.filter_field(entity.field):
                stretches.setdefault((entity.start, entity.end, entity.kind), []).append(entity)
        return tuple(
            Named(
                clause=f".named.{place}",
                kind=kind,
                start=start,
                end=end,
                text=query.text[start:end],
                values=self._values(there),
                confidence=there[0].confidence,
            )
            for place, ((start, end, kind), there) in enumerate(stretches.items())
        )

    def _values(self, entities: Sequence[Entity]) -> dict[str, tuple[str, ...]]:
        values: dict[str, tuple[str, ...]] = {}
        for entity in entities:
            if field := self._catalogue.filter_field(entity.field):
                values[field] = (*values.get(field, ()), entity.value)
        return values


def _sense(vector: Floats, mean: Floats, weight: float) -> Sense:
    apart = centred(vector[None, :], mean)[0]
    return Sense(vector, apart, mean_cosine(vector, mean), weight)


def _understood(query: Interpretation, catalogue: Catalogue) -> tuple[Json, ...]:
    """Return the conditions that understanding added to the request's own."""
    found = clauses(query.filters, catalogue)
    return (*found, legs.priced(query.price)) if query.price else (*found,)


def _shelf(catalogue: Catalogue) -> str | None:
    """Return the index field of the first category."""
    names = categories_of(catalogue)
    return catalogue.filter_field(names[0]) if names else None
