"""What learned weights are worth on queries they were not learned from."""

import numpy as np

from query.ranking import Floats
from query.weights.learner import Learning, Start, learn
from query.weights.table import Indices, Table

FOLDS = 5


def folds(groups: Indices, count: int, seed: int) -> Indices:
    """Deal each catalogue's queries into folds at random, (Q,), 0 to count - 1.

    Args:
        groups: (Q,), the catalogue of each query.
        count: of folds.
        seed: of the deal.
    """
    random = np.random.default_rng(seed)
    dealt = np.zeros(len(groups), np.intp)
    for group in np.unique(groups):
        rows = random.permutation(np.flatnonzero(groups == group))
        dealt[rows] = np.arange(len(rows)) % count
    return dealt


def held_out(
    table: Table, groups: Indices, parts: Indices, start: Start, learning: Learning
) -> Floats:
    """Return nDCG@10 of each query, (Q,), with weights learned without its part.

    Args:
        table: Q queries.
        groups: (Q,), the catalogue of each.
        parts: (Q,), at least two; folds, or the catalogues themselves.
        start: weights and signs.
        learning: how.
    """
    found = np.zeros(len(groups), np.float32)
    for part in np.unique(parts):
        inside, outside = np.flatnonzero(parts == part), np.flatnonzero(parts != part)
        weights = learn(table.only(outside), groups[outside], start, learning)
        found[inside] = table.only(inside).measure(weights)
    return found
