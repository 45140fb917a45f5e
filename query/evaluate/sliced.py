"""Every system on every slice."""

from collections.abc import Sequence
from dataclasses import dataclass

from query.evaluate.compare import Difference, Interval, compare, corrected, interval
from query.evaluate.metrics import Scores
from query.evaluate.slices import Slice

# Below this an interval is made of too few queries to be believed.
SMALL = 20


@dataclass(frozen=True)
class Cell:
    """One system on one slice: its mean nDCG@10, and the baseline's taken from it.

    `difference` is None for the baseline; its `corrected` counts every cell of the table.
    """

    interval: Interval
    difference: Difference | None


@dataclass(frozen=True)
class Sliced:
    """One slice: a cell per system, in the evaluation's order."""

    slice: Slice
    cells: tuple[Cell, ...]

    @property
    def small(self) -> bool:
        """Whether there are too few queries to tell."""
        return len(self.slice.queries) < SMALL


def by_slice(slices: Sequence[Slice], scores: Sequence[Scores]) -> tuple[Sliced, ...]:
    """Compare systems with the first on each slice.

    Args:
        slices: of the queries.
        scores: one per system, the baseline first.
    """
    rows = [[one.main(part.queries) for one in scores] for part in slices]
    found = [compare(values, row[0]) for row in rows for values in row[1:]]
    differences = iter(corrected(found))
    return tuple(
        Sliced(part, _cells(row, [None, *(next(differences) for _ in row[1:])]))
        for part, row in zip(slices, rows, strict=True)
    )


def _cells(
    row: Sequence[Sequence[float]], differences: Sequence[Difference | None]
) -> tuple[Cell, ...]:
    return tuple(
        Cell(interval(values), difference)
        for values, difference in zip(row, differences, strict=True)
    )
