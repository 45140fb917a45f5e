"""The lexical leg alone, as good as plain BM25 gets."""

from collections.abc import Sequence

from query.legs import bm25_clauses, filtered, lexical
from query.request import SearchRequest
from query.response import Evidence, Hit, Term
from query.segments import segments
from query.systems.reader import Found, Json, Reader
from query.understand.interpretation import Interpretation


def answer(reader: Reader, request: SearchRequest, conditions: Sequence[Json]) -> Found:
    """Rank by BM25: `most_fields` over `all` and title^.5. Total: products with any of the words."""
    text = segments(Interpretation.of(request.text))
    leg = lexical(text, bm25_clauses(reader.catalogue))
    body = {
        "size": request.size,
        "from": request.from_,
        "_source": reader.shown,
        "query": filtered(leg, conditions),
    }
    found = reader.engine.search(body, request.text)["hits"]
    hits = tuple(_hit(hit, rank) for rank, hit in enumerate(found["hits"], request.from_ + 1))
    return Found(hits, found["total"]["value"], found["total"]["relation"])


def _hit(hit: Json, rank: int) -> Hit:
    score = float(hit["_score"])
    term = Term("lexical", rank, raw=score, value=score, weight=1.0)
    return Hit(hit["_id"], score, hit["_source"], Evidence((term,)))
