"""Reciprocal rank fusion: what counts is the place in each leg's list, not the score.

Cormack, Clarke and Büttcher (2009), Reciprocal Rank Fusion outperforms Condorcet and individual
Rank Learning Methods.
"""

from collections.abc import Sequence

import numpy as np

from query.fuse.method import Leg, weighted
from query.ranking import Floats

_K = 60


def rrf(legs: Sequence[Leg]) -> Floats:
    """Return Σ weight / (60 + place); products with equal scores share the first place of them."""
    return weighted(legs, [(1.0 / (_K + _places(leg.scores))) for leg in legs])


def _places(scores: Floats) -> Floats:
    """Return places from 1, NaN where there is no score."""
    ordered = np.sort(-scores[~np.isnan(scores)])
    places = np.searchsorted(ordered, -scores, side="left") + 1.0
    return np.where(np.isnan(scores), np.nan, places).astype(np.float32)
