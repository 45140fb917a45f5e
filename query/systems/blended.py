"""The connector's own rankings: one search for the candidates, one for the page.

`hybrid` scores them with the calibrated terms and the learned weights, `vector` with the vector
term alone, and the other methods of `query.fuse` from the raw scores of the two legs.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from query.after.pins import Pins
from query.facets import matches
from query.facets.candidates import counted
from query.facets.facet import Facet
from query.fuse import METHODS, Fuse
from query.fuse.method import Leg
from query.gather import Gathered, facets_of, gather
from query.ranking import Floats, Ranking, Stage
from query.request import SearchRequest
from query.response import Evidence, Hit, Term
from query.score import ordered, ranked
from query.systems.reader import Answer, Found, Json, Reader
from query.systems.view import View

Places = NDArray[np.intp]

# Terms that have a place in a list of their own.
_LISTED = ("lexical", "vector")


def hybrid(reader: Reader, request: SearchRequest, conditions: Sequence[Json]) -> Found:
    """Rank by the learned weights, then by the stages after fusion."""
    view = View.of(reader, request)
    stages = view.stages()
    gathered = gather(view, conditions, stages)
    ranking = ranked(gathered.found, gathered.values, gathered.weights)
    return _page(view, gathered, staged(gathered.asked.query.asked, ranking, stages))


def vector(reader: Reader, request: SearchRequest, conditions: Sequence[Json]) -> Found:
    """Rank by the vector term alone."""
    view = View.of(reader, request)
    gathered = gather(view, conditions, words=False)
    ranking = ranked(gathered.found, gathered.values, {"vector": 1.0})
    return _page(view, gathered, ranking)


def fused(method: str) -> Answer:
    """Return the system that fuses the raw scores of the lexical and the vector leg."""

    def answer(reader: Reader, request: SearchRequest, conditions: Sequence[Json]) -> Found:
        view = View.of(reader, request)
        gathered = gather(view, conditions)
        return _page(view, gathered, _fused(METHODS[method], reader, gathered))

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


def staged(text: str, ranking: Ranking, stages: Sequence[Stage]) -> Ranking:
    """Return the ranking after every stage, in order."""
    for stage in stages:
        ranking = stage(text, ranking)
    return ranking


def _page(view: View, gathered: Gathered, whole: Ranking) -> Found:
    kept = _scoring(whole, view.request.min_score)
    ranking = whole if len(kept) == len(whole.ids) else whole.take(kept)
    rows, cursor = view.page(ranking)
    sources = view.sources([ranking.ids[row] for row in rows], view.reader.shown)
    if cursor is None:
        view.close()
    found = gathered.found
    return Found(
        hits=hits(whole, [kept[row] for row in rows], sources),
        total=found.total,
        relation=found.relation,
        interpretation=gathered.asked.query,
        ranking=ranking,
        notes=_notes(view, ranking),
        facets=_facets(view, gathered),
        cursor=cursor,
    )


def _scoring(ranking: Ranking, least: float | None) -> Sequence[int]:
    """Return the rows that score enough; what a person pinned stays."""
    if least is None:
        return range(len(ranking.ids))
    pinned = {one.id for one in ranking.adjustments if one.stage == Pins.name}
    return [
        row
        for row, score in enumerate(ranking.scores)
        if score >= least or ranking.ids[row] in pinned
    ]


def _notes(view: View, ranking: Ranking) -> tuple[str, ...]:
    after = view.reader.after.notes() if view.reader.after else ()
    end = view.request.from_ + view.request.size
    if len(ranking.ids) < min(end, view.depth + 1) and len(ranking.ids) == view.depth:
        ended = f"the ranking ends at hit {view.depth:,}; narrow the search with a filter"
        return (*after, *ranking.notes, ended)
    return (*after, *ranking.notes)


def _facets(view: View, gathered: Gathered) -> tuple[Facet, ...]:
    facets = facets_of(view.request)
    if not facets:
        return ()
    if view.request.facets_over == "matches":
        return matches.read(facets, gathered.found.aggregations)
    return counted(facets, view.reader.catalogue, gathered.found.fields)


def hits(ranking: Ranking, rows: Sequence[int], sources: Mapping[str, Json]) -> tuple[Hit, ...]:
    """Return the hits of a page with their evidence; a product that is gone is left out.

    Args:
        ranking: best first, all of it: places are among all candidates.
        rows: of the page.
        sources: stored fields by id.
    """
    places = _places(ranking)
    return tuple(
        _hit(ranking, row, sources[ranking.ids[row]], places)
        for row in rows
        if ranking.ids[row] in sources
    )


def _places(ranking: Ranking) -> dict[str, Places]:
    """Return each row's place by each leg's own scores, from 1; 0 where the leg knows nothing."""
    return {
        name: _place(ranking.raw[:, ranking.terms.index(name)])
        for name in _LISTED
        if name in ranking.terms
    }


def _place(scores: Floats) -> Places:
    known = ~np.isnan(scores) & (scores != 0)
    place = np.empty(len(scores), np.intp)
    order = np.argsort(-np.where(known, scores, -np.inf), kind="stable")
    place[order] = np.arange(1, len(scores) + 1)
    return np.where(known, place, 0)


def _hit(ranking: Ranking, row: int, source: Json, places: dict[str, Places]) -> Hit:
    columns = zip(
        ranking.terms,
        ranking.raw[row].tolist(),
        ranking.values[row].tolist(),
        ranking.weights.tolist(),
        strict=True,
    )
    terms = tuple(
        Term(
            name=name,
            rank=(int(places[name][row]) or None) if name in places else None,
            raw=None if math.isnan(raw) else raw,
            value=value,
            weight=weight,
        )
        for name, raw, value, weight in columns
    )
    moved = tuple(one for one in ranking.adjustments if one.id == ranking.ids[row])
    return Hit(
        id=ranking.ids[row],
        score=float(ranking.scores[row]),
        source=source,
        evidence=Evidence(terms, moved),
        others=ranking.others.get(ranking.ids[row], 0),
    )
