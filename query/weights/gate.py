"""Whether learned weights may replace those in force: on queries they did not learn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from query.evaluate.compare import Difference, compare
from query.evaluate.sliced import SMALL
from query.ranking import Floats

# nDCG@10 that is nothing: on sets of a hundred queries less than this is noise.
NEUTRAL = 0.005


@dataclass(frozen=True)
class Group:
    """Queries that have something in common, and what the learned weights change on them.

    `dimension` and `value` are both `all` for all queries together.
    """

    dimension: str
    value: str
    queries: int
    difference: Difference

    @property
    def worse(self) -> bool:
        """Whether the whole interval lies below zero, where there are enough queries to tell."""
        return self.queries >= SMALL and self.difference.interval.high < 0

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        found = self.difference
        return {
            "dimension": self.dimension,
            "value": self.value,
            "queries": self.queries,
            **{name: round(value, 4) for name, value in vars(found.interval).items()},
            "wins": found.wins,
            "losses": found.losses,
        }


@dataclass(frozen=True)
class Verdict:
    """Overall and by slice, the learned weights against those in force.

    They pass when overall the low end of the 95 % interval of the paired difference lies above
    -NEUTRAL, and no slice of SMALL or more queries has its whole interval below zero. The slices
    are not corrected for their number: a guard errs on the side of what works already.

    Attributes:
        overall: all queries.
        slices: groups of them.
        must_differ: whether weights that rank no query better or worse do not pass either.
    """

    overall: Group
    slices: tuple[Group, ...]
    must_differ: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why they do not pass, in sentences; none when they do."""
        if self.must_differ and self.overall.difference.ties == self.overall.queries:
            alike = f"they rank none of the {self.overall.queries} judged queries better or worse"
            return (f"{alike}: the judgments do not tell them from the weights in force",)
        found = []
        low = self.overall.difference.interval.low
        if low <= -NEUTRAL:
            found.append(
                f"overall they may lose {-low:.3f} nDCG@10 (95 %), more than {NEUTRAL} is not neutral"
            )
        found += [
            f"they lose on {one.dimension} {one.value!r}: {one.difference.interval.mean:+.3f}, "
            f"at best {one.difference.interval.high:+.3f}, over {one.queries} queries"
            for one in self.slices
            if one.worse
        ]
        return tuple(found)


def judge(
    learned: Floats,
    in_force: Floats,
    slices: Sequence[Mapping[str, str]],
    *,
    must_differ: bool = False,
) -> Verdict:
    """Compare nDCG@10 of the same queries.

    Args:
        learned: (Q,), each query scored by weights that were learned without it.
        in_force: (Q,).
        slices: of each query, value by dimension.
        must_differ: see `Verdict`.
    """
    every = list(range(len(slices)))
    groups: dict[tuple[str, str], list[int]] = {}
    for row, values in enumerate(slices):
        for key in values.items():
            groups.setdefault(key, []).append(row)
    return Verdict(
        _group("all", "all", every, learned, in_force),
        tuple(
            _group(*key, rows, learned, in_force)
            for key, rows in sorted(groups.items())
            if len(rows) < len(every)
        ),
        must_differ,
    )


def _group(dimension: str, value: str, rows: list[int], learned: Floats, in_force: Floats) -> Group:
    difference = compare(learned[rows].tolist(), in_force[rows].tolist())
    return Group(dimension, value, len(rows), difference)
