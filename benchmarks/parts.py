"""Where the time of one hybrid search goes: each part alone, on one thread.

The parts are called as `query.gather` and `query.systems.blended` call them; without rules there
are no stages after fusion.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import orjson

from query import candidates
from query.candidates import Asked, Candidates
from query.corpus import Corpus
from query.intent.intent import heard
from query.legs import four_part
from query.ranking import Ranking
from query.request import SearchRequest
from query.score import ranked, terms_of
from query.segments import segments
from query.systems.blended import hits
from query.systems.reader import Reader
from query.systems.view import View
from query.understand.interpretation import understand

_T = TypeVar("_T")

# In the order of a search; what is indented is a part of the line above it.
UNDERSTANDING, PREPARING, BODY = "understanding", "weighing its words", "request body"
SEARCH, TOOK, ANSWER = "candidates search", "  inside the engine", "  reading its JSON"
READING, TERMS, RANKING = "reading candidates", "terms", "score and order"
VOTE = "vote of the nearest"
FETCH, HITS = "fetch of the page", "hits with evidence"
NEW_WORDS, NEW_VECTOR = "new words, on top", "new query vector, on top"
OURS, WARM = "understanding and weighting together", "  again and again, the quickest of 9"
_OURS = (UNDERSTANDING, PREPARING, VOTE, TERMS, RANKING)
_AGAIN = 9


@dataclass(frozen=True)
class Part:
    """A part's milliseconds: wall clock, and of the processor by this process (all its threads)."""

    name: str
    p50: float
    p95: float
    cpu: float


@dataclass
class Watch:
    """Times calls by name, in milliseconds."""

    wall: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)

    def time(self, name: str, call: Callable[[], _T]) -> _T:
        """Return what a call returns."""
        wall, cpu = time.perf_counter(), time.process_time()
        found = call()
        self.note(name, (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000)
        return found

    def note(self, name: str, wall: float, cpu: float) -> None:
        """Write one measurement down."""
        self.wall.setdefault(name, []).append(wall)
        self.cpu.setdefault(name, []).append(cpu)

    def together(self, name: str, names: Sequence[str]) -> None:
        """Add the sums of several parts, query by query, as a part."""
        for times in (self.wall, self.cpu):
            times[name] = [sum(one) for one in zip(*(times[part] for part in names), strict=True)]

    def parts(self) -> tuple[Part, ...]:
        """Return the figures of all parts, in the order in which they were first timed."""
        return tuple(
            Part(
                name,
                statistics.median(times),
                statistics.quantiles(times, n=20)[-1],
                statistics.median(self.cpu[name]),
            )
            for name, times in self.wall.items()
        )


def parts(reader: Reader, queries: Sequence[str]) -> tuple[Part, ...]:
    """Return the parts of hybrid searches, words and vectors remembered but where a part says so."""
    watch, seen = Watch(), []
    for text in queries:
        _search(reader, text, Watch())
        seen.append((text, _search(reader, text, watch)))
    watch.together(OURS, _OURS)
    for text, found in seen:
        again = Watch()
        for _ in range(_AGAIN):
            again.time(WARM, partial(_weigh, reader, text, found, Watch()))
        watch.note(WARM, min(again.wall[WARM]), min(again.cpu[WARM]))
    corpus = Corpus(reader.engine, reader.corpus.dimension)
    for text in queries:
        _new(reader, corpus, text, watch)
    return watch.parts()


def _search(reader: Reader, text: str, watch: Watch) -> Candidates:
    view = View.of(reader, SearchRequest(text))
    asked = _asked(reader, text, watch)
    body = watch.time(BODY, lambda: candidates.body(asked, reader.catalogue, view.depth))
    answer = watch.time(SEARCH, lambda: view.search(body))
    watch.note(TOOK, answer["took"], 0.0)
    written = orjson.dumps(answer)
    watch.time(ANSWER, lambda: orjson.loads(written))
    found = watch.time(READING, lambda: candidates.read(answer, asked))
    ranking = _ranking(reader, asked, found, watch)
    page = ranking.ids[: view.request.size]
    sources = watch.time(FETCH, lambda: view.sources(page, reader.shown))
    watch.time(HITS, lambda: hits(ranking, range(len(page)), sources))
    return found


def _weigh(reader: Reader, text: str, found: Candidates, watch: Watch) -> None:
    """Do all that understanding and weighting is, the candidates at hand."""
    _ranking(reader, _asked(reader, text, watch), found, watch)


def _asked(reader: Reader, text: str, watch: Watch) -> Asked:
    steps = reader.steps()
    understood = watch.time(UNDERSTANDING, lambda: understand(text, steps))
    return watch.time(PREPARING, lambda: reader.prepared.prepare(understood, words=True))


def _ranking(reader: Reader, asked: Asked, found: Candidates, watch: Watch) -> Ranking:
    heard_ = watch.time(VOTE, lambda: heard(asked, found, about=True))
    values = watch.time(TERMS, lambda: terms_of(heard_, found, reader.first_pass))
    return watch.time(RANKING, lambda: ranked(found, values, reader.weights))


def _new(reader: Reader, corpus: Corpus, text: str, watch: Watch) -> None:
    """Time what a query costs that was never seen: its words and its vector."""
    stretches = segments(understand(text, reader.steps()))
    watch.time(NEW_WORDS, lambda: corpus.weigh(stretches, four_part(reader.catalogue)))
    reader.encoder.vectors.forget()
    watch.time(NEW_VECTOR, lambda: reader.encoder.vector(text))
