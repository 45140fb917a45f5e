"""From a request to scored candidates: understanding, one search, the terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from query import candidates, legs
from query.candidates import Along, Asked, Candidates
from query.facets import matches
from query.facets.request import FacetRequest, stored
from query.intent.category import NAME as CATEGORY
from query.intent.intent import heard
from query.legs import Json
from query.ranking import Stage, wanted
from query.request import SearchRequest
from query.score import BESIDE_BM25, terms_of
from query.terms.term import Values

if TYPE_CHECKING:
    # The systems gather: at run time the way back would be a circle.
    from query.systems.view import View


@dataclass(frozen=True)
class Gathered:
    """One search up to its terms.

    Attributes:
        asked: what the engine was asked.
        found: what it found.
        values: of every term.
        weights: of the terms in this search; what was left out weighs nothing.
    """

    asked: Asked
    found: Candidates
    values: Mapping[str, Values]
    weights: Mapping[str, float]


def gather(
    view: "View",
    conditions: Sequence[Json],
    stages: Sequence[Stage] = (),
    *,
    words: bool = True,
    more: Along | None = None,
) -> Gathered:
    """Understand a request, bring its candidates and compute their terms.

    Args:
        view: the open index, and what is asked of it.
        conditions: the request's filters as clauses.
        stages: that the ranking will go through; what they read is brought along.
        words: whether the lexical leg takes part.
        more: what else is brought along.

    Raises:
        RequestError: a facet that cannot be counted.
    """
    reader, request = view.reader, view.request
    left_out = reader.left_out(request)
    prepared = reader.prepared.of(request.text, reader.steps(), left_out, words=words)
    asked = replace(prepared, conditions=(*conditions, *prepared.conditions))
    query = asked.query
    counting = facets_of(request)
    fields = [field for stage in stages for field in stage.fields]
    if request.facets_over == "candidates":
        fields += stored(counting, reader.catalogue).values()
    more = more or Along()
    along = Along(
        fields=tuple(dict.fromkeys((*fields, *more.fields))),
        ids=(*wanted(stages, query.asked), *more.ids),
        scored=more.scored,
    )
    body = candidates.body(asked, reader.catalogue, view.depth, along)
    if counting and request.facets_over == "matches":
        body["aggs"] = _counting(view, prepared, counting)
    found = candidates.read(view.search(body), asked, along.fields)
    weights = {name: 0.0 if name in left_out else weight for name, weight in reader.weights.items()}
    asked = heard(asked, found, about=bool(weights.get(CATEGORY)))
    values = terms_of(asked, found, reader.first_pass)
    return Gathered(asked, found, values, _legible(weights, asked.legibility))


def facets_of(request: SearchRequest) -> tuple[FacetRequest, ...]:
    """Return what a request wants counted.

    Raises:
        RequestError: a facet has no form of `FIELD` or `FIELD:20,50`.
    """
    return tuple(map(FacetRequest.parse, request.facets))


def _counting(view: "View", prepared: Asked, facets: Sequence[FacetRequest]) -> Json:
    """Return what counts facets over the products with any of the words.

    The request's own filters are none of the conditions here: each facet leaves its own out.
    """
    matching = legs.lexical(prepared.segments, prepared.clauses) if prepared.segments else None
    filters, fixed = view.request.filters, prepared.conditions
    return matches.aggregations(facets, view.reader.catalogue, matching, filters, fixed)


def _legible(weights: Mapping[str, float], legibility: float) -> dict[str, float]:
    """Return the weights with what stands beside BM25 shrunk as the encoder cannot read the text."""
    return {
        name: weight * legibility if name in BESIDE_BM25 else weight
        for name, weight in weights.items()
    }
