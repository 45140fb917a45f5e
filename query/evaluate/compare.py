"""How sure a mean, or the difference of two means, is: the paired bootstrap."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from query.evaluate.significance import holm, randomisation

RESAMPLES = 10_000
LEVEL = 0.95
SEED = 0
# Below this two values of one query are the same: measures carry rounding of the last digit.
SAME = 1e-9
_AT_ONCE = 500


@dataclass(frozen=True)
class Interval:
    """A mean and its 95 % bootstrap interval, `low <= high`."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """A system against the baseline, query by query.

    Attributes:
        interval: mean of (system - baseline) over the queries.
        wins, losses, ties: number of queries where the system is better, worse, the same.
        p: of no difference, by paired randomisation; as if nothing else were compared.
        corrected: p among all the comparisons of its table; `p` when it stands alone.
    """

    interval: Interval
    wins: int
    losses: int
    ties: int
    p: float
    corrected: float

    @property
    def verdict(self) -> str:
        """`better` or `worse` beyond noise, else `unclear`.

        Beyond noise the interval leaves zero out and the corrected p is at most .05: of a few
        queries the one is too narrow, of many comparisons the other alone too lenient.
        """
        if self.corrected > 1 - LEVEL or self.interval.low <= 0 <= self.interval.high:
            return "unclear"
        return "better" if self.interval.low > 0 else "worse"

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data, its figures side by side."""
        plain = asdict(self)
        return {**plain.pop("interval"), **plain, "verdict": self.verdict}


def interval(values: Sequence[float], seed: int = SEED) -> Interval:
    """Return mean and percentile interval of per-query values, shape (queries,).

    Queries are drawn with replacement, `RESAMPLES` times (Efron 1979; for search measures
    Sakai 2006, "Evaluating evaluation metrics based on the bootstrap"). One seed draws the same
    queries for every sequence of one length, so intervals of two systems are comparable.
    """
    array = np.asarray(values, dtype=np.float64)
    means = np.concatenate([array[drawn].mean(axis=1) for drawn in _draws(len(array), seed)])
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(means, (tail, 1 - tail))
    return Interval(float(array.mean()), float(low), float(high))


def compare(system: Sequence[float], baseline: Sequence[float], seed: int = SEED) -> Difference:
    """Compare two systems' values of the same queries in the same order, shape (queries,) each."""
    differences = [ours - theirs for ours, theirs in zip(system, baseline, strict=True)]
    wins = sum(difference > SAME for difference in differences)
    losses = sum(difference < -SAME for difference in differences)
    ties = len(differences) - wins - losses
    told = [difference if abs(difference) > SAME else 0.0 for difference in differences]
    p = randomisation(told, seed)
    return Difference(interval(differences, seed), wins, losses, ties, p, p)


def corrected(found: Sequence[Difference]) -> list[Difference]:
    """Return the comparisons of one table, each with its p corrected for their number."""
    values = holm([difference.p for difference in found])
    return [replace(one, corrected=value) for one, value in zip(found, values, strict=True)]


def _draws(queries: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Yield query indices, shape (_AT_ONCE, queries), until there are RESAMPLES rows."""
    random = np.random.default_rng(seed)
    for _ in range(RESAMPLES // _AT_ONCE):
        yield random.integers(0, queries, size=(_AT_ONCE, queries))
