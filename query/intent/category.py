"""Category intent: which categories a query is about, told by its nearest products."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from query.ranking import Floats
from query.understand.entities.forms import path_of
from query.understand.interpretation import Finding

# Of the term, too.
NAME = "category"
# A category that less than this share votes for is not told.
_TOLD = 0.2
_MOST_TOLD = 3


def shares(categories: Sequence[Any], votes: Floats) -> dict[str, float]:
    """Return the distribution over categories, the most likely first.

    Args:
        categories: of each candidate as stored: None, a text, a path `A > B > C`, or a list.
        votes: float32 (N,), together 1.

    Returns:
        By category, outer ones included, 0 to 1, whatever the order of the candidates. An outer
        category has what its inner ones have; those of one level add up to the share of the voters
        that have a category.
    """
    found: dict[str, float] = {}
    for value, vote in zip(categories, votes.tolist(), strict=True):
        if vote:
            for name in path_of(value):
                found[name] = found.get(name, 0.0) + vote
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def fits(categories: Sequence[Any], likely: Mapping[str, float]) -> Floats:
    """Return how well each candidate fits: the mean share of its categories, float32 (N,), 0 to 1.

    Votes that spread over many categories leave every fit small: the fit is its own confidence.
    """
    if not likely:
        return np.zeros(len(categories), np.float32)
    known: dict[Any, float] = {}
    found = []
    for value in categories:
        key = tuple(value) if isinstance(value, list) else value
        fit = known.get(key)
        if fit is None:
            fit = known[key] = _fit(path_of(key), likely)
        found.append(fit)
    return np.array(found, np.float32)


def finding(text: str, likely: Mapping[str, float]) -> Finding | None:
    """Return the evidence: the likely categories of a query; None when there is none."""
    told = [f"{share:.0%} in {name!r}" for name, share in likely.items() if share >= _TOLD]
    if not told:
        return None
    source = f"the nearest products: {', '.join(told[:_MOST_TOLD])}"
    return Finding(NAME, "category intent", text, 0, len(text), source, "products of these gain")


def _fit(path: Sequence[str], likely: Mapping[str, float]) -> float:
    return sum([likely.get(name, 0.0) for name in path]) / len(path) if path else 0.0
