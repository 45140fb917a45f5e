"""OpenSearch's own hybrid query: the opponents to beat.

The engine keeps each leg's part to itself, so the evidence is the score alone, and the total is
what the engine says; it moves with the depth.
"""

from collections.abc import Sequence

from mappings.catalogue import Catalogue
from mappings.template import names_in
from query.fuse.native import hybrid
from query.legs import Clause, bm25_clauses, filtered, four_part, lexical, nearest
from query.request import SearchRequest
from query.response import Evidence, Hit, Term
from query.segments import segments
from query.systems.reader import Found, Json, Reader
from query.understand.interpretation import Interpretation

NATIVE = "native"


def native(reader: Reader, request: SearchRequest, conditions: Sequence[Json]) -> Found:
    """Rank by min-max over the best BM25 and the vector legs, at the settings' fixed share.

    The vectors' share is divided by how many of a product's fields each embeds: a vector that
    has seen more of the product knows more about it.
    """
    share = reader.settings.vector_weight
    weights = [1.0 - share, *(share * part for part in _seen(reader.catalogue))]
    return _answer(reader, request, conditions, bm25_clauses(reader.catalogue), weights)


def strong(reader: Reader, request: SearchRequest, conditions: Sequence[Json]) -> Found:
    """Rank by min-max over the four-part BM25, half, and the vector legs, half in equal parts."""
    number = len(reader.catalogue.vectors)
    weights = [0.5, *([0.5 / number] * number)]
    return _answer(reader, request, conditions, four_part(reader.catalogue), weights)


def _seen(catalogue: Catalogue) -> list[float]:
    """Return each vector's share of the fields that all of them embed."""
    seen = [max(1, len(names_in(spec.text))) for spec in catalogue.vectors.values()]
    return [count / sum(seen) for count in seen]


def _answer(
    reader: Reader,
    request: SearchRequest,
    conditions: Sequence[Json],
    clauses: Sequence[Clause],
    weights: Sequence[float],
) -> Found:
    vector = reader.encoder.vector(request.text)
    depth = max(reader.settings.candidates, request.from_ + request.size)
    text = segments(Interpretation.of(request.text))
    legs = [filtered(lexical(text, clauses), conditions)] + [
        nearest(field, vector, depth, conditions) for field in reader.catalogue.vectors
    ]
    body = {
        # Past its last hit the engine refuses a `from`, so the page is cut here.
        "size": request.from_ + request.size,
        "_source": reader.shown,
        **hybrid(legs, list(weights), depth),
    }
    found = reader.engine.search(body, request.text)["hits"]
    hits = tuple(_hit(hit, rank) for rank, hit in enumerate(found["hits"], 1))
    return Found(hits[request.from_ :], found["total"]["value"], found["total"]["relation"])


def _hit(hit: Json, rank: int) -> Hit:
    score = float(hit["_score"])
    term = Term(NATIVE, rank, raw=score, value=score, weight=1.0)
    return Hit(hit["_id"], score, hit["_source"], Evidence((term,)))
