"""The connector's own rankings: one search for the candidates, one for the page.

`hybrid` scores them with the calibrated terms and the learned weights, `vector` with the vector
term alone, and the other methods of `query.fuse` from the raw scores of the two legs.
"""

from collections.abc import Sequence

import numpy as np

from query.fuse import METHODS, Fuse
from query.fuse.method import Leg
from query.gather import Gathered, gather
from query.ranking import Floats, Ranking, Stage
from query.request import SearchRequest
from query.response import Evidence, Hit, Term
from query.score import ordered, ranked
from query.systems.reader import Answer, Found, Json, Reader

# Terms that have a place in a list of their own.
_LISTED = ("lexical", "vector")


def hybrid(reader: Reader, request: SearchRequest, conditions: Sequence[Json]) -> Found:
    """Rank by the learned weights, then by the stages after fusion."""
    left_out = reader.left_out(request)
    stages = [stage for stage in reader.stages() if stage.name not in left_out]
    fields = tuple(dict.fromkeys(field for stage in stages for field in stage.fields))
    gathered = gather(reader, request, conditions, fields)
    ranking = ranked(gathered.found, gathered.values, gathered.weights)
    return _page(reader, request, gathered, _staged(gathered.asked.query.asked, ranking, stages))


def vector(reader: Reader, request: SearchRequest, conditions: Sequence[Json]) -> Found:
    """Rank by the vector term alone."""
    gathered = gather(reader, request, conditions, words=False)
    ranking = ranked(gathered.found, gathered.values, {"vector": 1.0})
    return _page(reader, request, gathered, ranking)


def fused(method: str) -> Answer:
    """Return the system that fuses the raw scores of the lexical and the vector leg."""

    def answer(reader: Reader, request: SearchRequest, conditions: Sequence[Json]) -> Found:
        gathered = gather(reader, request, conditions)
        return _page(reader, request, gathered, _fused(METHODS[method], reader, gathered))

    return answer


def _fused(method: Fuse, reader: Reader, gathered: Gathered) -> Ranking:
    words, cosines = gathered.values["lexical"].raw, gathered.values["vector"].raw
    share = reader.settings.vector_weight
    both = (
        Leg("lexical", np.where(words > 0, words, np.nan).astype(np.float32), 0.0, 1.0 - share),
        Leg("vector", cosines, -1.0, share),
    )
    scores = method(both)
    kept = {name: gathered.values[name] for name in _LISTED}
    weights = np.zeros(len(kept), np.float32)
    return ordered(gathered.found, kept, weights, scores)


def _staged(text: str, ranking: Ranking, stages: Sequence[Stage]) -> Ranking:
    for stage in stages:
        ranking = stage(text, ranking)
    return ranking


def _page(reader: Reader, request: SearchRequest, gathered: Gathered, ranking: Ranking) -> Found:
    if request.min_score is not None:
        kept = [row for row, score in enumerate(ranking.scores) if score >= request.min_score]
        ranking = ranking.take(kept)
    ids = ranking.ids[request.from_ : request.from_ + request.size]
    sources = reader.engine.sources(ids, reader.shown, request.text) if ids else {}
    places = _places(ranking)
    hits = tuple(
        _hit(ranking, row, sources[id_], places)
        for row, id_ in enumerate(ids, request.from_)
        if id_ in sources
    )
    found = gathered.found
    return Found(hits, found.total, found.relation, gathered.asked.query, ranking)


def _places(ranking: Ranking) -> dict[str, list[int | None]]:
    """Return each row's place by each leg's own scores, from 1; None where the leg knows nothing."""
    return {
        name: _place(ranking.raw[:, ranking.terms.index(name)])
        for name in _LISTED
        if name in ranking.terms
    }


def _place(scores: Floats) -> list[int | None]:
    known = ~np.isnan(scores) & (scores != 0)
    place = np.empty(len(scores), np.intp)
    order = np.argsort(-np.where(known, scores, -np.inf), kind="stable")
    place[order] = np.arange(1, len(scores) + 1)
    return [int(one) if is_known else None for one, is_known in zip(place, known, strict=True)]


def _hit(ranking: Ranking, row: int, source: Json, places: dict[str, list[int | None]]) -> Hit:
    terms = tuple(
        Term(
            name=name,
            rank=places[name][row] if name in places else None,
            raw=None if np.isnan(ranking.raw[row, column]) else float(ranking.raw[row, column]),
            value=float(ranking.values[row, column]),
            weight=float(ranking.weights[column]),
        )
        for column, name in enumerate(ranking.terms)
    )
    moved = tuple(one for one in ranking.adjustments if one.id == ranking.ids[row])
    return Hit(ranking.ids[row], float(ranking.scores[row]), source, Evidence(terms, moved))
