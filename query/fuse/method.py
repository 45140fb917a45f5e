"""What a fusion method is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from query.ranking import Floats


@dataclass(frozen=True)
class Leg:
    """One leg's scores of N candidates.

    Attributes:
        name: of the leg.
        scores: float32 (N,), in the leg's own units; NaN for a product that it does not know.
        lowest: the least the leg can score: 0 for BM25, -1 for a cosine.
        weight: above 0.
    """

    name: str
    scores: Floats
    lowest: float
    weight: float


# Returns float32 (N,), higher is better; a product that no leg knows scores lowest.
Fuse = Callable[[Sequence[Leg]], Floats]


def weighted(legs: Sequence[Leg], normalised: Sequence[Floats]) -> Floats:
    """Return the weighted mean of normalised scores, 0 where a leg does not know a product."""
    total = sum(leg.weight for leg in legs)
    parts = [
        np.nan_to_num(scores) * (leg.weight / total)
        for leg, scores in zip(legs, normalised, strict=True)
    ]
    mean: Floats = np.sum(parts, axis=0).astype(np.float32)
    return mean


def known(leg: Leg) -> Floats:
    """Return the scores that there are, shape (M,), M at most N."""
    scores: Floats = leg.scores[~np.isnan(leg.scores)]
    return scores
