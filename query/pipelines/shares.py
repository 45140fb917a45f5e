"""How much each leg of a native hybrid search counts, by the learned weights.

The cluster can compute four of the terms. `neighbours` and `feedback` are averages of the first
pass, a fixed mixture: each counts as those of the four that it is made of. All other terms need the
query to be understood, and count nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from query.score import SECOND

# What a term is in the cluster: all are words, but for the vectors and the share of words covered.
_LEGS = {"lexical": "words", "words": "words", "coverage": "coverage", "vector": "vectors"}
_DIGITS = 4


@dataclass(frozen=True)
class Shares:
    """Weights of the legs, adding up to 1.

    Attributes:
        words: of BM25.
        coverage: of how many of the query's words a product has.
        vectors: of all vectors together.
        everywhere: factor on BM25's clause over all text, beside its other clauses.
    """

    words: float
    coverage: float
    vectors: float
    everywhere: float


def shares(weights: Mapping[str, float], first_pass: Mapping[str, float]) -> Shares:
    """Return the legs' shares.

    Args:
        weights: by term.
        first_pass: weights of the score that the terms of the second pass are averages of.
    """
    legs = {"words": 0.0, "coverage": 0.0, "vectors": 0.0}
    for term, leg in _LEGS.items():
        legs[leg] += max(0.0, weights.get(term, 0.0))
    second = sum(max(0.0, weights.get(term, 0.0)) for term in SECOND)
    parts = {term: part for term, part in first_pass.items() if term in _LEGS}
    whole = sum(parts.values()) or 1.0
    for term, part in parts.items():
        legs[_LEGS[term]] += second * part / whole
    total = sum(legs.values())
    if not total:
        legs, total = {"words": 0.5, "coverage": 0.0, "vectors": 0.5}, 1.0
    words, coverage = (round(legs[leg] / total, _DIGITS) for leg in ("words", "coverage"))
    lexical = weights.get("lexical", 0.0)
    everywhere = 1.0 + weights.get("words", 0.0) / lexical if lexical > 0 else 1.0
    return Shares(
        words, coverage, round(1.0 - words - coverage, _DIGITS), round(everywhere, _DIGITS)
    )
