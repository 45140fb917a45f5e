"""One answer: candidates and what is counted, at the same time, then the page."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from query.candidates import Along
from query.gateway.rank import bodies, groups
from query.gateway.rank.client import ClientEngine
from query.gateway.rank.page import Page, Total, below
from query.gateway.rank.place import place_of, sort_values, sort_values_beyond
from query.gateway.recognise.recognised import Recognised
from query.gather import Gathered, gather
from query.legs import among
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
        place = place_of(self.asked, ranking)
        rows = range(*slice(place.row, place.row + self.asked.size).indices(len(ranking.ids)))
        with self._stage("page"):
            page = self._page(gathered, ranking, rows)
        with self._stage("counted"):
            counted = counting.result() if counting else None
        own = self._own(gathered)
        missing = self.asked.size - len(rows)
        if missing and (counted is None or _value(counted) > own):
            with self._stage("following"):
                beyond = {**place.beyond, "size": missing}
                page = page.followed(self._following(gathered, ranking, beyond))
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
        fields = (self.asked.group,) if self.asked.group else ()
        more = Along(fields=fields, scored=bodies.scored(self.asked))
        gathered = gather(view, bodies.conditions(self.asked), stages, more=more)
        ranking = ranked(gathered.found, gathered.values, gathered.weights)
        if self.asked.functions:
            ranking = _multiplied(ranking, gathered)
        ranking = staged(gathered.asked.query.asked, ranking, stages)
        if self.asked.group:
            ranking = groups.best_of_each(ranking, self.asked.group)
        return gathered, ranking

    def _own(self, gathered: Gathered) -> int:
        """Return how many candidates the client's own query finds by itself."""
        if self.asked.strict:
            return len(gathered.found.ids)
        return int(np.count_nonzero(gathered.found.score(bodies.OWN)))

    def _page(self, gathered: Gathered, ranking: Ranking, rows: Sequence[int]) -> Page:
        ids = [ranking.ids[row] for row in rows]
        if not ids:
            return Page((), (), (), ())
        body = bodies.page(self.asked, ids, gathered.found.ids)
        found = self.engine.send(body, self.asked.text, self.asked.shown)
        hits = {hit["_id"]: hit for hit in found["hits"]["hits"]}
        # A product that is gone since is left out.
        there = [row for row in rows if ranking.ids[row] in hits]
        return Page(
            tuple(ranking.ids[row] for row in there),
            tuple(float(ranking.scores[row]) for row in there),
            tuple(sort_values(self.asked, ranking, row) for row in there),
            tuple(hits[ranking.ids[row]] for row in there),
        )

    def _following(self, gathered: Gathered, ranking: Ranking, beyond: Json) -> Page:
        """Return what the client's own query finds beyond the candidates."""
        before = [among(gathered.found.ids)]
        if self.asked.group:
            before += groups.found_in(ranking, self.asked.group)
        body = bodies.following(self.asked, before, beyond)
        found = self.engine.send(body, self.asked.text, self.asked.shown)["hits"]["hits"]
        lowest = float(ranking.scores[-1]) if ranking.ids else 1.0
        return Page(
            tuple(hit["_id"] for hit in found),
            tuple(below(lowest, hit["_score"]) for hit in found),
            tuple(sort_values_beyond(hit) for hit in found),
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
