"""Many judged queries side by side, so that a set of weights is scored for all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from query.ranking import Floats
from query.weights.features import CUTOFF, Judged

Indices = NDArray[np.intp]

_DISCOUNT = (1.0 / np.log2(np.arange(2, CUTOFF + 2))).astype(np.float32)
# Far below every score: where a query has fewer candidates than others.
_NOBODY = np.float32(-1e9)
# Far below every difference between scores that says something: of equal ones the first row wins.
_TIE = np.float32(1e-7)


@dataclass(frozen=True)
class Table:
    """Q queries, M candidates at most, T terms.

    Attributes:
        values: float32 (T, Q, M).
        grades: float32 (Q, M).
        ideal: float32 (Q,), the discounted gain of the best ranking, above 0.
        bias: float32 (Q, M), added to every score: settles ties, hides rows that are no product.
    """

    values: Floats
    grades: Floats
    ideal: Floats
    bias: Floats

    def only(self, rows: Indices) -> "Table":
        """Return the table of these queries."""
        return Table(self.values[:, rows], self.grades[rows], self.ideal[rows], self.bias[rows])

    def contenders(self, sets: Sequence[Floats], most: int) -> "Table":
        """Return the table with only the products that come nearest to the first ten of each query.

        Args:
            sets: of weights, (T,) each; what counts is the one that suits a product best.
            most: products kept of each query, those with a grade before all; 10 or more.
        """
        if self.bias.shape[1] <= most:
            return self
        nearest = np.full(self.bias.shape, -np.inf, np.float32)
        for weights in sets:
            scores = self.scores(weights)
            tenth = np.partition(scores, -CUTOFF, axis=1)[:, -CUTOFF, None]
            nearest = np.maximum(nearest, scores - tenth)
        nearest[self.grades > 0] = np.inf
        kept = np.sort(np.argpartition(-nearest, most - 1, axis=1)[:, :most], axis=1)
        return Table(
            np.take_along_axis(self.values, kept[None], axis=2),
            np.take_along_axis(self.grades, kept, axis=1),
            self.ideal,
            np.take_along_axis(self.bias, kept, axis=1),
        )

    def scores(self, weights: Floats) -> Floats:
        """Return the scores with these weights, shape (T,): float32 (Q, M)."""
        found: Floats = np.tensordot(weights.astype(np.float32), self.values, axes=1) + self.bias
        return found

    def ndcg(self, scores: Floats) -> Floats:
        """Return nDCG@10 of scores, float32 (..., Q, M): float32 (..., Q); gains are linear."""
        grades = np.broadcast_to(self.grades, scores.shape)
        if scores.shape[-1] > CUTOFF:
            best = np.argpartition(-scores, CUTOFF - 1, axis=-1)[..., :CUTOFF]
            grades = np.take_along_axis(grades, best, axis=-1)
            scores = np.take_along_axis(scores, best, axis=-1)
        order = np.argsort(-scores, axis=-1)
        gains = np.take_along_axis(grades, order, axis=-1)
        found: Floats = (gains @ _DISCOUNT[: gains.shape[-1]]) / self.ideal
        return found

    def measure(self, weights: Floats) -> Floats:
        """Return nDCG@10 with these weights, shape (T,), or with a set for each query, (Q, T)."""
        if weights.ndim == 1:
            return self.ndcg(self.scores(weights))
        scores = np.einsum("tqm,qt->qm", self.values, weights.astype(np.float32)) + self.bias
        return self.ndcg(scores)


def table_of(queries: Sequence[Judged]) -> Table:
    """Return the queries' features side by side; all have the same terms."""
    most = max(1, *(len(one.ids) for one in queries))
    terms = queries[0].values.shape[1]
    values = np.zeros((terms, len(queries), most), np.float32)
    grades = np.zeros((len(queries), most), np.float32)
    bias = np.full((len(queries), most), _NOBODY)
    for row, one in enumerate(queries):
        there = len(one.ids)
        values[:, row, :there] = one.values.T
        grades[row, :there] = one.grades
        bias[row, :there] = -_TIE * np.arange(there)
    ideal = [float(np.dot(one.ideal, _DISCOUNT[: len(one.ideal)])) for one in queries]
    return Table(values, grades, np.array(ideal, np.float32), bias)
