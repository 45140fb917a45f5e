"""Candidates vote by how near they are to the query."""

import numpy as np

from query.ranking import Floats

# How many of the nearest vote, and by how much of a cosine a vote fades to 1/e.
_VOTERS = 30
_FADES = 0.1


def votes(similarities: Floats) -> Floats:
    """Return the share of each candidate in the vote, exp((s - s_max) / .1) of the 30 nearest.

    The nearest decide, and a flat field of candidates spreads its votes.

    Args:
        similarities: float32 (N,), cosines to the query; NaN where a candidate has none, which
            then has no vote.

    Returns:
        float32 (N,), together 1; zeros when nobody has a similarity.
    """
    known = np.where(np.isnan(similarities), -np.inf, similarities)
    if not len(known) or not np.isfinite(known.max()):
        return np.zeros(len(known), np.float32)
    last = np.sort(known)[-min(_VOTERS, len(known))]
    weights = np.where(known >= last, np.exp((known - known.max()) / _FADES), 0.0)
    shares: Floats = (weights / weights.sum()).astype(np.float32)
    return shares
