"""Maximal marginal relevance: hits that resemble what stands above them come later.

Carbonell and Goldstein (1998), The Use of MMR, Diversity-Based Reranking for Reordering Documents.
"""

import numpy as np

from query.ranking import Adjustment, Floats, Ranking, Stage


class Diversity(Stage):
    """Reorders the first hits by λ · score - (1 - λ) · likeness to the most alike above.

    The likeness is the cosine of the products' sketches, at least 0: a product without a vector
    is like none. Scores stay.

    Args:
        relevance: λ, 0 to 1.
        depth: first hits that are reordered.
    """

    name = "diversity"

    def __init__(self, relevance: float, depth: int) -> None:
        self._relevance, self._depth = relevance, depth

    def __call__(self, text: str, ranking: Ranking) -> Ranking:  # noqa: ARG002 - same for all queries
        """Return the same products; the first hit stays the first."""
        head = min(self._depth, len(ranking.ids))
        if not head:
            return ranking
        picked = _marginal(ranking.scores[:head], ranking.sketches[:head], self._relevance)
        order = [row for row, _, _ in picked]
        adjustments = [
            Adjustment(
                ranking.ids[row],
                self.name,
                _reason(ranking.ids[other], likeness),
                0.0,
                row + 1,
                place,
            )
            for place, (row, other, likeness) in enumerate(picked, 1)
            if row + 1 != place
        ]
        if not adjustments:
            return ranking
        return ranking.take([*order, *range(head, len(ranking.ids))]).adjusted(*adjustments)


def _marginal(scores: Floats, sketches: Floats, relevance: float) -> list[tuple[int, int, float]]:
    """Return rows in their new order, each with the row most like it above and how much."""
    count = len(scores)
    alike = sketches @ sketches.T
    nearest, whose = np.zeros(count, np.float32), np.zeros(count, np.intp)
    left = np.ones(count, dtype=bool)
    picked = []
    for _ in range(count):
        gain = relevance * scores - (1 - relevance) * nearest
        # Of equal gains the first, the more relevant.
        row = int(np.argmax(np.where(left, gain, -np.inf)))
        picked.append((row, int(whose[row]), float(nearest[row])))
        left[row] = False
        closer = alike[row] > nearest
        nearest, whose = np.where(closer, alike[row], nearest), np.where(closer, row, whose)
    return picked


def _reason(other: str, likeness: float) -> str:
    return f"{likeness:.2f} like {other} above" if likeness > 0 else "unlike all above"
