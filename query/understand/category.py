"""Category intent: which categories a query is about, told by its nearest products.

Not a step: it is computed once candidates are known, from what they are and how near they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from query.understand.entities.forms import path_of
from query.understand.interpretation import Finding

Floats = NDArray[np.float32]

# How many of the nearest vote, and by how much of a cosine a vote fades to 1/e.
_VOTERS = 30
_FADES = 0.05
# A category that less than this share votes for is not told.
_TOLD = 0.2
_MOST_TOLD = 3


@dataclass(frozen=True)
class Intent:
    """A distribution over categories and how well each candidate fits it. N candidates.

    Attributes:
        shares: by category, outer ones included, 0 to 1, the most likely first. Those of one
            level add up to the share of the voters that have a category.
        fits: float32 (N,), 0 to 1: the share of the candidate's own category, over that of the
            most likely one; 0 without a category.
    """

    shares: dict[str, float]
    fits: Floats

    def findings(self, text: str) -> tuple[Finding, ...]:
        """Return the evidence: the likely categories of the query."""
        told = [(name, share) for name, share in self.shares.items() if share >= _TOLD]
        return tuple(
            Finding(
                "category",
                "category intent",
                text,
                0,
                len(text),
                f"{share:.0%} of the nearest products are in {name!r}",
            )
            for name, share in told[:_MOST_TOLD]
        )


def intent(categories: Sequence[Any], similarities: Floats) -> Intent:
    """Let the nearest candidates vote for their categories.

    A vote weighs exp((s - s_max) / .05): the nearest decide, and a flat field of candidates
    spreads over many categories, as it should. Each candidate's path counts whole, so that an
    outer category has what its inner ones have; a fit is the mean over the candidate's path.

    Args:
        categories: of each candidate as stored: None, a text, a path `A > B > C`, or a list.
        similarities: float32 (N,), to the query; NaN where a candidate has none, which then
            has no vote.

    Returns:
        Shares that do not depend on the order of the candidates.
    """
    paths = [path_of(value) for value in categories]
    votes = _votes(similarities)
    shares: dict[str, float] = {}
    for path, vote in zip(paths, votes, strict=True):
        for name in path:
            shares[name] = shares.get(name, 0.0) + float(vote)
    ordered = dict(sorted(shares.items(), key=lambda item: (-item[1], item[0])))
    fits = [sum(shares[name] for name in path) / len(path) if path else 0.0 for path in paths]
    highest = max(fits, default=0.0)
    return Intent(ordered, np.array(fits, np.float32) / np.float32(highest or 1.0))


def _votes(similarities: Floats) -> Floats:
    """Return the weight of each candidate's vote, together 1; those not nearest have none."""
    known = np.where(np.isnan(similarities), -np.inf, similarities)
    if not len(known) or not np.isfinite(known.max()):
        return np.zeros(len(known), np.float32)
    last = np.sort(known)[-min(_VOTERS, len(known))]
    weights = np.where(known >= last, np.exp((known - known.max()) / _FADES), 0.0)
    votes: Floats = (weights / weights.sum()).astype(np.float32)
    return votes
