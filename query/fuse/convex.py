"""A convex combination with theoretical minima: min-max that does not move with the worst hit.

Bruch, Gai and Ingber (2023), An Analysis of Fusion Functions for Hybrid Retrieval (their TM2C2).
"""

from collections.abc import Sequence

import numpy as np

from query.fuse.method import Leg, known, weighted
from query.ranking import Floats


def convex(legs: Sequence[Leg]) -> Floats:
    """Return the weighted mean of (score - lowest) / (best - lowest), lowest what the leg can give."""
    return weighted(legs, [_above_lowest(leg) for leg in legs])


def _above_lowest(leg: Leg) -> Floats:
    there = known(leg)
    if not len(there) or there.max() <= leg.lowest:
        return np.where(np.isnan(leg.scores), np.nan, 0.0).astype(np.float32)
    above: Floats = (leg.scores - leg.lowest) / (there.max() - leg.lowest)
    return above
