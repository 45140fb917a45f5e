"""Z-score: how many standard deviations a score stands above its leg's mean."""

from collections.abc import Sequence

import numpy as np

from query.fuse.method import Leg, known, weighted
from query.ranking import Floats


def z_score(legs: Sequence[Leg]) -> Floats:
    """Return the weighted mean of (score - mean) / deviation.

    A product that a leg does not know gets that leg's lowest, so that it is never better for it.
    """
    return weighted(legs, [_standard(leg) for leg in legs])


def _standard(leg: Leg) -> Floats:
    there = known(leg)
    if not len(there):
        return np.zeros_like(leg.scores)
    deviation = there.std() or np.float32(1.0)
    filled = np.where(np.isnan(leg.scores), there.min(), leg.scores)
    standard: Floats = ((filled - there.mean()) / deviation).astype(np.float32)
    return standard
