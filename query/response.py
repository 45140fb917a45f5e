"""What comes back: hits, and for each the terms its score is the sum of."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from query.facets.facet import Facet
from query.ranking import Adjustment
from query.understand.interpretation import Interpretation

# Of the shape that `SearchResponse.as_json` gives; docs/evidence.schema.json describes it.
EVIDENCE_VERSION = 1


@dataclass(frozen=True)
class Term:
    """One readable part of a score.

    Attributes:
        name: of the term, see docs/search.md.
        rank: place among the candidates by this leg alone, from 1; None for a term that is no
            leg, and where the leg knows nothing of the product.
        raw: in the term's own units: BM25 in the engine's, a cosine, a share of the words; None
            when the product has no such score, as one without a vector.
        value: the raw score calibrated against the corpus: 0 says nothing for the product,
            1 is the most there can be; a cosine below the corpus' mean comes out negative.
        weight: of this term in the blend.
    """

    name: str
    rank: int | None
    raw: float | None
    value: float
    weight: float

    @property
    def share(self) -> float:
        """What the term adds to the score."""
        return self.weight * self.value


@dataclass(frozen=True)
class Match:
    """A part of the query that a product has in one field.

    Attributes:
        asked: the words in the query.
        found: what the field was searched for: the same, or what a step put in their place.
        step: that put it there, or found the value; empty for the query's own words.
        field: of the catalogue.
        score: BM25 of these words in this field alone; 0 for a value of a field, which has none.
    """

    asked: str
    found: str
    step: str
    field: str
    score: float


@dataclass(frozen=True)
class Evidence:
    """Why a hit stands where it stands.

    Attributes:
        terms: their shares add up to the score that fusion gave the hit.
        adjustments: what the stages after fusion did to it, in their order.
        clauses: raw score of each named lexical clause; filled when the request explains.
        matches: what it has of the query, by field; filled when the request explains.
        missing: the query's words that it has in no field and no spelling; likewise.
    """

    terms: tuple[Term, ...]
    adjustments: tuple[Adjustment, ...] = ()
    clauses: Mapping[str, float] = field(default_factory=dict)
    matches: tuple[Match, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def found_by(self) -> tuple[str, ...]:
        """Names of the legs that found the product by themselves."""
        return tuple(term.name for term in self.terms if term.rank is not None)


@dataclass(frozen=True)
class Hit:
    """One product on the page.

    Attributes:
        id: the product's id.
        score: comparable within one system and query, whatever the page.
        source: the stored fields, without vectors and the connector's own bookkeeping.
        evidence: why it is here.
        others: variants that it stands for, see docs/rules.md.
    """

    id: str
    score: float
    source: Mapping[str, Any]
    evidence: Evidence
    others: int = 0


@dataclass(frozen=True)
class SearchResponse:
    """One page.

    Attributes:
        hits: best first; equal scores in the engine's order, which is the same on every page.
        total: products that any leg found; see docs/search.md.
        relation: `eq` when `total` is exact, `gte` when there are at least as many.
        took_ms: wall-clock time of the search; what is loaded once, the model before all, is
            not part of it.
        system: which ranking answered.
        notes: what was done to the request, in sentences.
        interpretation: what the query was understood to ask; None where a system does not ask.
        facets: counts of the fields that were asked for.
        cursor: of the next page; None when this is the last, or none was asked for.
        weights: version of the weights that ranked; None where a system has none.
        query_id: that events of this page name; None where it was not recorded.
    """

    hits: tuple[Hit, ...]
    total: int
    relation: Literal["eq", "gte"]
    took_ms: float
    system: str
    notes: tuple[str, ...] = ()
    interpretation: Interpretation | None = None
    facets: tuple[Facet, ...] = ()
    cursor: str | None = None
    weights: str | None = None
    query_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the response as plain data; docs/evidence.schema.json has the shape."""
        return {
            "evidence_version": EVIDENCE_VERSION,
            "system": self.system,
            "took_ms": round(self.took_ms, 1),
            "total": {"value": self.total, "relation": self.relation},
            "notes": list(self.notes),
            "interpretation": asdict(self.interpretation) if self.interpretation else None,
            "facets": [asdict(facet) for facet in self.facets],
            "cursor": self.cursor,
            "weights": self.weights,
            "query_id": self.query_id,
            "hits": [_hit(hit) for hit in self.hits],
        }


def _hit(hit: Hit) -> dict[str, Any]:
    terms = [{**asdict(term), "share": term.share} for term in hit.evidence.terms]
    return {
        "id": hit.id,
        "score": hit.score,
        "others": hit.others,
        "source": dict(hit.source),
        "evidence": {
            "terms": terms,
            "adjustments": [asdict(one) for one in hit.evidence.adjustments],
            "clauses": dict(hit.evidence.clauses),
            "matches": [asdict(one) for one in hit.evidence.matches],
            "missing": list(hit.evidence.missing),
        },
    }
