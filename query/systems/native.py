"""OpenSearch's own hybrid over the best BM25 and the vector legs: the opponent to beat."""

from collections.abc import Sequence

from query.fuse.native import hybrid
from query.fuse.weights import LEXICAL, fixed
from query.legs import bm25_clauses, filtered, lexical, nearest
from query.request import SearchRequest
from query.response import Evidence, Hit, Term
from query.systems.reader import Found, Json, Reader

NATIVE = "native"


def answer(reader: Reader, request: SearchRequest, conditions: Sequence[Json]) -> Found:
    """Rank by min-max and a weighted mean, with the same weights and depth as our own blend.

    The engine keeps each leg's part to itself, so the evidence is the score alone. Total: what
    the engine says; it moves with the depth.
    """
    weights = fixed(reader.catalogue, reader.settings.vector_weight)
    vector = reader.encoder.vector(request.text)
    depth = max(reader.settings.candidates, request.from_ + request.size)
    leg = {LEXICAL: lexical(request.text, bm25_clauses(reader.catalogue))}
    legs = [filtered(leg[LEXICAL], conditions)] + [
        nearest(field, vector, depth, conditions) for field in reader.catalogue.vectors
    ]
    body = {
        # Past its last hit the engine refuses a `from`, so the page is cut here.
        "size": request.from_ + request.size,
        "_source": reader.shown,
        **hybrid(legs, list(weights.values()), depth),
    }
    found = reader.engine.search(body, request.text)["hits"]
    hits = tuple(_hit(hit, rank) for rank, hit in enumerate(found["hits"], 1))
    return Found(hits[request.from_ :], found["total"]["value"], found["total"]["relation"])


def _hit(hit: Json, rank: int) -> Hit:
    score = float(hit["_score"])
    term = Term(NATIVE, rank, raw=score, value=score, weight=1.0)
    return Hit(hit["_id"], score, hit["_source"], Evidence((term,)))
