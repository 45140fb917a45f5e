"""A convex combination of calibrated scores: linear, so that the engine itself can sum it.

Bruch, Gai and Ingber (2023), An Analysis of Fusion Functions for Hybrid Retrieval; unlike their
min-max, the calibration knows the corpus and the query but not the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from query.legs import Json, among


@dataclass(frozen=True)
class Calibrated:
    """One term of the score: `weight · (raw - zero) / (one - zero)`.

    Attributes:
        name: of the term.
        weight: 0 to 1; the weights of a blend add up to 1.
        zero: the raw score that says nothing for a product.
        one: the raw score that says all it can; infinite when the query has none.
        query: what the engine computes the raw score with, exactly, for any product.
        shift: what the engine's score has on top of the raw one, so that it is not negative.
        field: products without this field have no raw score: the term is 0 for them.
    """

    name: str
    weight: float
    zero: float
    one: float
    query: Json
    shift: float = 0.0
    field: str | None = None

    @property
    def slope(self) -> float:
        """What one unit of the raw score adds to the blend."""
        return self.weight / (self.one - self.zero)

    def value(self, raw: float | None) -> float:
        """Return the calibrated score; 0 where there is no raw one."""
        return 0.0 if raw is None else (raw - self.zero) / (self.one - self.zero)

    def clauses(self) -> list[Json]:
        """Return clauses that add `slope · (raw + shift)`, for a product without `raw` as if zero.

        So every product's sum is the same constant above the blend, and the order is the blend's.
        """
        scored: list[Json] = [{"bool": {"should": [self.query], "boost": self.slope}}]
        if self.field:
            absent = {"bool": {"must_not": [{"exists": {"field": self.field}}]}}
            level = self.slope * (self.zero + self.shift)
            scored.append({"constant_score": {"filter": absent, "boost": level}})
        return scored


def blend(terms: Sequence[Calibrated], ids: Sequence[str], conditions: Sequence[Json]) -> Json:
    """Return the query that ranks these products by the terms' sum."""
    clauses = [clause for term in terms for clause in term.clauses()]
    return {"bool": {"filter": [among(ids), *conditions], "should": clauses}}
