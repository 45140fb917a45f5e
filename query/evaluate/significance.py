"""How likely chance alone makes a difference: paired randomisation, corrected for many comparisons."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SWAPS = 10_000
SEED = 0
# From so many non-zero differences on, all 2^n swaps are more than SWAPS: they are sampled.
_SAMPLED_FROM = 14
_AT_ONCE = 500
# Sums of the same numbers in another order differ in the last digits.
_ROUNDING = 1e-12


def randomisation(differences: Sequence[float], seed: int = SEED) -> float:
    """Return the two-sided p of a mean difference of zero, 0 < p <= 1.

    If two systems are alike, each query's two values might as well be exchanged: p is the share
    of exchanges whose mean difference is at least as large as the one found. All exchanges are
    tried for up to 13 queries that differ; otherwise 10,000 are drawn, and the one found counts
    as one more (Fisher 1935; for search measures Smucker, Allan and Carterette, CIKM 2007).

    Args:
        differences: one per query, shape (queries,); zeros change nothing.
        seed: of the draws.
    """
    told = np.asarray([value for value in differences if value], dtype=np.float64)
    found = abs(told.sum()) - _ROUNDING
    if len(told) < _SAMPLED_FROM:
        return float((np.abs(_all_signs(len(told)) @ told) >= found).mean())
    extreme = sum(int((np.abs(signs @ told) >= found).sum()) for signs in _drawn(len(told), seed))
    return (1 + extreme) / (1 + SWAPS)


def holm(values: Sequence[float]) -> list[float]:
    """Return p values corrected for their number, in the same order (Holm 1979).

    The chance that any of them is small by luck alone stays below the level it is compared with,
    whatever they have to do with each other.
    """
    corrected, largest = [1.0] * len(values), 0.0
    for place, index in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        largest = max(largest, min(1.0, (len(values) - place) * values[index]))
        corrected[index] = largest
    return corrected


def _all_signs(queries: int) -> Floats:
    """Return every way to exchange, shape (2 ** queries, queries)."""
    return np.array(list(itertools.product((1.0, -1.0), repeat=queries)))


def _drawn(queries: int, seed: int) -> Iterator[Floats]:
    """Yield signs, shape (_AT_ONCE, queries), until there are SWAPS rows."""
    random = np.random.default_rng(seed)
    for _ in range(SWAPS // _AT_ONCE):
        yield random.choice(np.array([1.0, -1.0]), size=(_AT_ONCE, queries))
