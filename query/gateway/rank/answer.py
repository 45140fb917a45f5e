"""One answer: candidates and what is counted, at the same time, then the page."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from query.candidates import Along
from query.gateway.rank import bodies
from query.gateway.rank.client import ClientEngine
from query.gateway.rank.page import Page, Total
from query.gateway.recognise.request import Recognised
from query.gather import Gathered, gather
from query.ranking import Ranking
from query.request import SearchRequest, checked
from query.score import best_first, ranked
from query.systems.blended import staged
from query.systems.reader import Reader
from query.systems.view import View

Json = dict[str, Any]

# Called with a stage's name and its seconds.
Timed = Callable[[str, float], None]


@dataclass(frozen=True)
class Answer:
    """What came of one search.

    Attributes:
        ranking: of all candidates.
        page: hits that are shown, best first.
        total: hits that there are.
        counted: the cluster's answer to what was counted; None when nothing was.
    """

    ranking: Ranking
    page: Page
    total: Total | None
    counted: Json | None


@dataclass(frozen=True)
class Answering:
    """Answers one search.

    Attributes:
        reader: of the open index, its engine the client's.
        engine: the client's.
        asked: the search.
        beside: runs what is counted while candidates are looked for.
        timed: told how long each stage took.
    """

    reader: Reader
    engine: ClientEngine
    asked: Recognised
    beside: Executor
    timed: Timed

    def answer(self) -> Answer:
        """Return the answer.

        Raises:
            ConnectorError: of the model or the cluster.
        """
        counting = self._begin_counting()
        with self._stage("candidates"):
            gathered, ranking = self._ranked()
        start = self.asked.from_
        with self._stage("page"):
            page = self._page(ranking, start, start + self.asked.size)
        with self._stage("counted"):
            counted = counting.result() if counting else None
        own = self._own(gathered)
        missing = self.asked.size - len(page.ids)
        if missing > 0 and (counted is None or _value(counted) > own):
            with self._stage("following"):
                page = page.followed(self._following(gathered, ranking, missing))
        total = _total(self.asked, counted, len(gathered.found.ids) - own)
        return Answer(ranking, page, total, counted)

    def _begin_counting(self) -> "Future[Json] | None":
        body = bodies.counting(self.asked)
        if body is None:
            return None
        typed = {k: v for k, v in self.asked.parameters.items() if k == "typed_keys"}
        return self.beside.submit(self.engine.send, body, self.asked.text, typed)

    def _ranked(self) -> tuple[Gathered, Ranking]:
        request, _ = checked(SearchRequest(self.asked.text))
        depth = self.reader.settings.candidates
        view = View(self.reader, request, None, depth, datetime.now(UTC), None)
        stages = view.stages()
        more = Along(scored=bodies.scored(self.asked))
        gathered = gather(view, bodies.conditions(self.asked), stages, more=more)
        ranking = ranked(gathered.found, gathered.values, gathered.weights)
        if self.asked.functions:
            ranking = _multiplied(ranking, gathered)
        return gathered, staged(gathered.asked.query.asked, ranking, stages)

    def _own(self, gathered: Gathered) -> int:
        """Return how many candidates the client's own query finds by itself."""
        if self.asked.strict:
            return len(gathered.found.ids)
        return int(np.count_nonzero(gathered.found.score(bodies.OWN)))

    def _page(self, ranking: Ranking, start: int, end: int) -> Page:
        rows = range(*slice(start, end).indices(len(ranking.ids)))
        ids = [ranking.ids[row] for row in rows]
        if not ids:
            return Page((), (), ())
        found = self.engine.send(bodies.page(self.asked, ids), self.asked.text, self.asked.shown)
        hits = {hit["_id"]: hit for hit in found["hits"]["hits"]}
        # A product that is gone since is left out.
        there = [row for row in rows if ranking.ids[row] in hits]
        return Page(
            tuple(ranking.ids[row] for row in there),
            tuple(float(ranking.scores[row]) for row in there),
            tuple(hits[ranking.ids[row]] for row in there),
        )

    def _following(self, gathered: Gathered, ranking: Ranking, missing: int) -> Page:
        """Return what the client's own query finds beyond the candidates."""
        start = max(0, self.asked.from_ - len(ranking.ids))
        body = bodies.following(self.asked, gathered.found.ids, start, missing)
        found = self.engine.send(body, self.asked.text, self.asked.shown)["hits"]["hits"]
        lowest = float(ranking.scores[-1]) if ranking.ids else 1.0
        return Page(
            tuple(hit["_id"] for hit in found),
            tuple(_below(lowest, hit["_score"]) for hit in found),
            tuple(found),
        )

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self.timed(name, time.perf_counter() - begin)


def _multiplied(ranking: Ranking, gathered: Gathered) -> Ranking:
    """Return the ranking by its scores times the client's own factors; what is below 0 stays."""
    factor = dict(zip(gathered.found.ids, gathered.found.score(bodies.FACTOR), strict=True))
    by = np.array([factor[id_] for id_ in ranking.ids], np.float32)
    scores = np.where(ranking.scores > 0, ranking.scores * by, ranking.scores)
    moved = replace(ranking, scores=scores.astype(np.float32))
    return moved.take(best_first(moved.ids, moved.scores))


def _below(lowest: float, score: float | None) -> float:
    """Return a score under the ranking's lowest that keeps the order of the client's own query."""
    own = max(0.0, score or 0.0)
    return lowest * own / (1.0 + own) if lowest > 0 else lowest - 1.0 / (1.0 + own)


def _value(counted: Json) -> int:
    """Return the total of an answer; one that is not counted may be any."""
    total = counted["hits"].get("total")
    return int(total["value"]) if total else 1 << 62


def _total(asked: Recognised, counted: Json | None, more: int) -> Total | None:
    """Return the client's own hits, and those that the ranking alone found.

    Args:
        asked: how far it counts.
        counted: its own hits.
        more: candidates that are not among them.
    """
    if counted is None or asked.counted == 0:
        return None
    own = counted["hits"]["total"]
    if own["relation"] != "eq":
        return Total(own["value"], own["relation"])
    value = own["value"] + more
    if asked.counted is not None and value > asked.counted:
        return Total(asked.counted, "gte")
    return Total(value, "eq")
