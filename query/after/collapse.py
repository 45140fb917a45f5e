"""Variants of one product become one hit."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from query.after.values import first
from query.ranking import Adjustment, Ranking, Stage


class Collapse(Stage):
    """Keeps the best product of each value of a field, and counts the others.

    A pinned product stands for its variants wherever it is in the ranking, and several pinned
    ones all stay. A product without a value is nobody's variant.

    Args:
        field: of the catalogue, for people.
        stored: the index field with its exact values.
        pinned: ids that are pinned for a query.
    """

    name = "collapse"

    def __init__(self, field: str, stored: str, pinned: Callable[[str], Sequence[str]]) -> None:
        self._field, self._stored, self._pinned = field, stored, pinned
        self.fields = (stored,)

    def __call__(self, text: str, ranking: Ranking) -> Ranking:
        """Return the ranking without the variants; `others` says how many each hit stands for."""
        values = [first(cell) for cell in ranking.fields[self._stored]]
        pinned = set(self._pinned(text))
        stands: dict[object, int] = {}
        # Pinned ones first, then in order of rank.
        for row in sorted(range(len(values)), key=lambda row: ranking.ids[row] not in pinned):
            if values[row] is not None:
                stands.setdefault(values[row], row)
        gone = [
            row
            for row, value in enumerate(values)
            if value is not None and stands[value] != row and ranking.ids[row] not in pinned
        ]
        if not gone:
            return ranking
        out = set(gone)
        adjustments = [
            self._removed(ranking, row, values[row], stands[values[row]]) for row in gone
        ]
        others = Counter(ranking.ids[stands[values[row]]] for row in gone)
        kept = ranking.take([row for row in range(len(values)) if row not in out])
        return replace(kept, others=dict(others)).adjusted(*adjustments)

    def _removed(self, ranking: Ranking, row: int, value: object, by: int) -> Adjustment:
        reason = f"variant of {ranking.ids[by]}: {self._field} {value}"
        return Adjustment(ranking.ids[row], self.name, reason, 0.0, row + 1, None)
