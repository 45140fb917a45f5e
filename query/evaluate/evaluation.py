"""The whole result of an evaluation: every system's scores, and each against the first."""

from collections.abc import Sequence
from dataclasses import dataclass

from query.evaluate.ablation import Ablation
from query.evaluate.compare import Difference, Interval, compare, corrected, interval
from query.evaluate.judgments import Judgments
from query.evaluate.metrics import Scores, measure
from query.evaluate.runs import Run
from query.evaluate.scores import Pairs, pairs
from query.evaluate.sliced import Sliced, by_slice
from query.evaluate.slices import Slice


@dataclass(frozen=True)
class Measured:
    """One system.

    Attributes:
        run: what it answered.
        scores: by query and on the mean.
        interval: of its mean nDCG@10.
        difference: from the baseline; None for the baseline itself.
        pairs: scores it gave to judged products.
    """

    run: Run
    scores: Scores
    interval: Interval
    difference: Difference | None
    pairs: Pairs


@dataclass(frozen=True)
class Evaluation:
    """Every system, the baseline first.

    Attributes:
        judgments: what people said.
        relevant_from: lowest grade that is called relevant.
        systems: at least one.
        slices: empty when none were asked for.
        ablation: None when it was not asked for.
    """

    judgments: Judgments
    relevant_from: int
    systems: tuple[Measured, ...]
    slices: tuple[Sliced, ...] = ()
    ablation: Ablation | None = None

    @property
    def baseline(self) -> Measured:
        """The system the others are compared with."""
        return self.systems[0]

    def notes(self) -> list[str]:
        """Return what a reader of the figures should know about the queries, one line each."""
        judgments = self.judgments
        told = [
            ("queries without any judgment, left out", judgments.unjudged),
            ("judged queries missing from the queries file, left out", judgments.unasked),
            ("queries whose judged products are all irrelevant, left out", judgments.unanswerable),
            (
                f"queries without a product of grade {self.relevant_from} or better",
                self._without_relevant(),
            ),
        ]
        for measured in self.systems:
            name = measured.run.name
            told.append((f"queries without any hit of {name}, scored 0", self._silent(measured)))
        return [f"{what}: {len(ids)} ({_some(ids)})" for what, ids in told if ids]

    def losses(self) -> list[str]:
        """Return where a system is worse than the baseline beyond noise, one line each."""
        places = [("all queries", [one.difference for one in self.systems])]
        for sliced in self.slices:
            name = f"{sliced.slice.dimension}: {sliced.slice.value}"
            places.append((name, [cell.difference for cell in sliced.cells]))
        return [
            f"{measured.run.name} on {where} by {-found.interval.mean:.3f} (p {found.corrected:.3f})"
            for where, differences in places
            for measured, found in zip(self.systems, differences, strict=True)
            if found and found.verdict == "worse"
        ]

    def _without_relevant(self) -> tuple[str, ...]:
        """Queries on which every binary measure is 0."""
        grades = self.judgments.grades
        return tuple(name for name in grades if max(grades[name].values()) < self.relevant_from)

    def _silent(self, measured: Measured) -> tuple[str, ...]:
        rankings = measured.run.rankings
        return tuple(name for name in self.judgments.queries if not rankings.get(name))


def evaluate(
    judgments: Judgments,
    runs: Sequence[Run],
    relevant_from: int = 1,
    slices: Sequence[Slice] = (),
    ablation: Ablation | None = None,
) -> Evaluation:
    """Score the runs and compare each with the first, over all queries and on each slice."""
    scores = [measure(run, judgments.grades, relevant_from) for run in runs]
    values = [one.main(judgments.queries) for one in scores]
    differences = corrected([compare(mine, values[0]) for mine in values[1:]])
    measured = tuple(
        Measured(run, one, interval(mine), difference, pairs(run, judgments.grades, relevant_from))
        for run, one, mine, difference in zip(
            runs, scores, values, [None, *differences], strict=True
        )
    )
    return Evaluation(judgments, relevant_from, measured, by_slice(slices, scores), ablation)


def _some(ids: tuple[str, ...], shown: int = 5) -> str:
    more = f" and {len(ids) - shown} more" if len(ids) > shown else ""
    return ", ".join(ids[:shown]) + more
