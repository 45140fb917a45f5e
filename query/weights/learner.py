"""Coordinate ascent on nDCG@10 itself: from a start, pulled towards it, the mean of many draws.

Metzler and Croft (2007), Linear feature-based models for information retrieval; the mean over
bootstrap draws: Breiman (1996), Bagging predictors.
"""

from dataclasses import dataclass

import numpy as np

from query.ranking import Floats
from query.weights.table import Indices, Table

# What is tried on one weight, in both directions; positive weights add up to 1 at the start.
_STEPS = np.array([0.15, 0.06, 0.03, 0.015, 0.006], np.float32)
_CHANGES = np.concatenate([_STEPS, -_STEPS])
_GAIN = 1e-7
# Products of a query that the ascent looks at. The first ten are all that counts, and what is
# far behind for every change of one weight does not come among them.
_CONTENDERS = 64
# Queries of one catalogue in one draw: together the draws have seen thousands.
_DRAWN = 250


@dataclass(frozen=True)
class Learning:
    """How weights are learned.

    Attributes:
        penalty: nDCG that a change of weights by 1 in sum must earn.
        draws: of queries, with replacement, whose weights are averaged.
        seed: of the draws; one seed learns the same weights from the same queries.
    """

    penalty: float = 0.03
    draws: int = 24
    seed: int = 0


@dataclass(frozen=True)
class Start:
    """What weights are learned from.

    Attributes:
        weights: float (T,), positive ones adding up to 1.
        signs: float (T,), 1 or -1: the side of zero on which each weight stays.
    """

    weights: Floats
    signs: Floats


def learn(table: Table, groups: Indices, start: Start, learning: Learning) -> Floats:
    """Return weights, float32 (T,), positive ones adding up to 1.

    Args:
        table: Q queries.
        groups: (Q,), the catalogue of each; each counts the same, however many queries it has.
        start: weights and signs.
        learning: how.
    """
    random = np.random.default_rng(learning.seed)
    table = table.contenders(_around(start), _CONTENDERS)
    found = [
        _climb(table, _drawn(groups, random), start, learning.penalty, random)
        for _ in range(learning.draws)
    ]
    return unit(np.mean(found, axis=0))


def unit(weights: Floats) -> Floats:
    """Return the weights scaled so that the positive ones add up to 1."""
    scaled: Floats = (weights / weights[weights > 0].sum()).astype(np.float32)
    return scaled


def _around(start: Start) -> list[Floats]:
    """Return the start, and with each of its weights at each end of the widest step."""
    around = [start.weights]
    for term, sign in enumerate(start.signs):
        for end in _tried(start.weights[term], sign)[[0, len(_STEPS)]]:
            around.append(start.weights.copy())
            around[-1][term] = end
    return around


def _drawn(groups: Indices, random: np.random.Generator) -> Floats:
    """Draw each catalogue's queries anew; return how much each counts, (Q,), adding up to 1."""
    share = np.zeros(len(groups), np.float32)
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        drawn = random.integers(0, len(rows), min(len(rows), _DRAWN))
        share[rows] = np.bincount(drawn, minlength=len(rows)) / len(drawn)
    shares: Floats = share / share.sum()
    return shares


def _climb(
    table: Table, share: Floats, start: Start, penalty: float, random: np.random.Generator
) -> Floats:
    """Return the best weights found for one draw."""
    drawn = np.flatnonzero(share)
    table, share = table.only(drawn), share[drawn]
    weights = start.weights.copy()
    scores = table.scores(weights)
    best, before = float(table.ndcg(scores) @ share), -np.inf
    while best - before > _GAIN:
        before = best
        for term in random.permutation(len(weights)):
            tried = _tried(weights[term], start.signs[term])
            moved = scores + (tried - weights[term])[:, None, None] * table.values[term]
            worth = table.ndcg(moved) @ share - penalty * _away(weights, start.weights, term, tried)
            top = int(worth.argmax())
            if worth[top] > best + _GAIN:
                best, weights[term], scores = float(worth[top]), tried[top], moved[top]
    return unit(weights)


def _away(weights: Floats, start: Floats, term: int, tried: Floats) -> Floats:
    """Return how far the weights are from the start with each of the values tried for one term."""
    away = np.abs(weights - start)
    distance: Floats = away.sum() - away[term] + np.abs(tried - start[term])
    return distance


def _tried(weight: np.float32, sign: np.float32) -> Floats:
    """Return what a weight may become, (10,); what would cross zero stops there."""
    tried: Floats = np.maximum((weight + _CHANGES) * sign, np.float32(0.0)) * sign
    return tried
