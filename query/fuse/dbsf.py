"""Distribution-based score fusion: min-max between three deviations around the mean.

As Qdrant defines it: https://qdrant.tech/documentation/concepts/hybrid-queries/
"""

from collections.abc import Sequence

import numpy as np

from query.fuse.method import Leg, known, weighted
from query.ranking import Floats

_DEVIATIONS = 3.0


def dbsf(legs: Sequence[Leg]) -> Floats:
    """Return the weighted mean of (score - low) / (high - low), low and high = mean -+ 3 deviations."""
    return weighted(legs, [_placed(leg) for leg in legs])


def _placed(leg: Leg) -> Floats:
    there = known(leg)
    if not len(there) or there.std() == 0:
        return np.where(np.isnan(leg.scores), np.nan, 0.5).astype(np.float32)
    low = there.mean() - _DEVIATIONS * there.std()
    placed = (leg.scores - low) / (2 * _DEVIATIONS * there.std())
    inside: Floats = np.clip(placed, 0.0, 1.0).astype(np.float32)
    return inside
