"""The connector's own ranking: every candidate of any leg, scored exactly on every leg.

Two round trips: the legs bring candidates, then the engine itself ranks them all by the
calibrated sum and returns only the page.
"""

from collections.abc import Mapping, Sequence

from mappings.index import ALIVE
from query.fuse.convex import blend
from query.fuse.weights import LEXICAL, fixed, with_coverage
from query.request import SearchRequest
from query.response import Evidence, Hit, Term
from query.systems.calibrated import Leg, lexical_legs, vector_legs
from query.systems.reader import Found, Json, Reader

# Place in one leg's own list by product id, from 1.
Ranks = dict[str, int]


def hybrid(reader: Reader, request: SearchRequest, conditions: Sequence[Json]) -> Found:
    """Blend the lexical leg, coverage and the vector legs with the settings' fixed weights.

    The vectors' share shrinks as the model cannot read the text; see `QueryEncoder`.

    Total: products with any of the words, and candidates of the vector legs without one.
    """
    legible = reader.encoder.legibility(request.text)
    alone = fixed(reader.catalogue, reader.settings.vector_weight * legible)
    weights = with_coverage(alone, reader.settings.coverage_weight)
    lexical, coverage = lexical_legs(reader, request.text, weights, conditions)
    legs = [lexical, coverage, *vector_legs(reader, request.text, weights, conditions)]
    (matching, *_), ranks = _candidates(reader, request.text, legs)
    body = {**_page(request, legs, ranks, conditions), "aggs": {LEXICAL: {"filter": lexical.find}}}
    answer = _ranked(reader, request, body)
    wordless = len(_union(ranks)) - answer["aggregations"][LEXICAL]["doc_count"]
    hits = _hits(answer, legs, ranks, explain=request.explain)
    return Found(hits, matching["value"] + wordless, matching["relation"])


def vector(reader: Reader, request: SearchRequest, conditions: Sequence[Json]) -> Found:
    """Blend the vector legs alone. Total: their candidates."""
    legs = vector_legs(reader, request.text, fixed(reader.catalogue, 1.0), conditions)
    _, ranks = _candidates(reader, request.text, legs)
    answer = _ranked(reader, request, _page(request, legs, ranks, conditions))
    hits = _hits(answer, legs, ranks, explain=False)
    return Found(hits, len(_union(ranks)), "eq")


def _candidates(reader: Reader, text: str, legs: Sequence[Leg]) -> tuple[list[Json], list[Ranks]]:
    """Ask every leg for its best, without fetching anything.

    Returns:
        The totals of the legs that find, and the ranks of all: none for a term that only scores.
    """
    depth = reader.settings.candidates
    bodies = [{"size": depth, "_source": False, "query": leg.find} for leg in legs if leg.find]
    found = [answer["hits"] for answer in reader.engine.search_all(bodies, text)]
    lists = iter([{hit["_id"]: rank for rank, hit in enumerate(one["hits"], 1)} for one in found])
    return [one["total"] for one in found], [next(lists) if leg.find else {} for leg in legs]


def _union(ranks: Sequence[Ranks]) -> list[str]:
    return list(dict.fromkeys(id_ for one in ranks for id_ in one))


def _page(
    request: SearchRequest, legs: Sequence[Leg], ranks: Sequence[Ranks], conditions: Sequence[Json]
) -> Json:
    terms = [leg.term for leg in legs]
    return {
        "size": request.size,
        "from": request.from_,
        "track_total_hits": False,
        "query": blend(terms, _union(ranks), [ALIVE, *conditions]),
    }


def _ranked(reader: Reader, request: SearchRequest, body: Json) -> Json:
    return reader.engine.search({**body, "_source": reader.shown}, request.text, named=True)


def _hits(
    answer: Json, legs: Sequence[Leg], ranks: Sequence[Ranks], *, explain: bool
) -> tuple[Hit, ...]:
    """Return the page in the engine's order, which is the order of the terms' sum."""
    return tuple(_hit(hit, legs, ranks, explain) for hit in answer["hits"]["hits"])


def _hit(hit: Json, legs: Sequence[Leg], ranks: Sequence[Ranks], explain: bool) -> Hit:
    scores: Mapping[str, float] = hit.get("matched_queries") or {}
    terms = tuple(
        _term(leg, one.get(hit["_id"]), scores) for leg, one in zip(legs, ranks, strict=True)
    )
    clauses = {n: scores[n] for n in legs[0].names if n in scores} if explain else {}
    total = sum(term.share for term in terms)
    return Hit(hit["_id"], total, hit["_source"], Evidence(terms, clauses))


def _term(leg: Leg, rank: int | None, scores: Mapping[str, float]) -> Term:
    raw = leg.raw(scores)
    return Term(leg.term.name, rank, raw, leg.term.value(raw), leg.term.weight)
