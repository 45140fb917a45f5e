"""The whole result of an evaluation: every system's scores, and each against the first."""

from dataclasses import asdict, dataclass
from typing import Any

from query.evaluate.compare import LEVEL, RESAMPLES, SEED, Difference, Interval, compare, interval
from query.evaluate.judgments import Judgments
from query.evaluate.metrics import MAIN, MEASURES, Scores, measure
from query.evaluate.runs import Run


@dataclass(frozen=True)
class Measured:
    """One system: its run, its scores, the interval of its mean nDCG@10 and the comparison.

    `difference` is None for the baseline.
    """

    run: Run
    scores: Scores
    interval: Interval
    difference: Difference | None


@dataclass(frozen=True)
class Evaluation:
    """Every system, the baseline first."""

    judgments: Judgments
    relevant_from: int
    systems: tuple[Measured, ...]

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

    def _without_relevant(self) -> tuple[str, ...]:
        """Queries on which every binary measure is 0."""
        grades = self.judgments.grades
        return tuple(name for name in grades if max(grades[name].values()) < self.relevant_from)

    def _silent(self, measured: Measured) -> tuple[str, ...]:
        rankings = measured.run.rankings
        return tuple(name for name in self.judgments.queries if not rankings.get(name))


def evaluate(judgments: Judgments, runs: list[Run], relevant_from: int = 1) -> Evaluation:
    """Score the runs and compare each with the first."""
    scores = [measure(run, judgments.grades, relevant_from) for run in runs]
    values = [_values(judgments, one) for one in scores]
    measured = [
        Measured(run, one, interval(mine), compare(mine, values[0]) if place else None)
        for place, (run, one, mine) in enumerate(zip(runs, scores, values, strict=True))
    ]
    return Evaluation(judgments, relevant_from, tuple(measured))


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return the evaluation as plain data; the shape is documented in docs/evaluate.md."""
    judgments = evaluation.judgments
    return {
        "queries": {
            "evaluated": len(judgments.queries),
            "without_judgments": list(judgments.unjudged),
            "missing_from_queries": list(judgments.unasked),
            "unanswerable": list(judgments.unanswerable),
        },
        "measures": list(MEASURES),
        "relevant_from": evaluation.relevant_from,
        "bootstrap": {"measure": MAIN, "level": LEVEL, "resamples": RESAMPLES, "seed": SEED},
        "baseline": evaluation.baseline.run.name,
        "systems": [_system(measured) for measured in evaluation.systems],
    }


def _system(measured: Measured) -> dict[str, Any]:
    difference = measured.difference
    return {
        "system": measured.run.name,
        "mean": measured.scores.mean,
        "interval": {"low": measured.interval.low, "high": measured.interval.high},
        "unjudged_at_10": measured.scores.unjudged,
        "difference": difference
        and {
            **asdict(difference.interval),
            "wins": difference.wins,
            "losses": difference.losses,
            "ties": difference.ties,
            "verdict": difference.verdict,
        },
        "per_query": measured.scores.per_query,
    }


def _values(judgments: Judgments, scores: Scores) -> list[float]:
    return [scores.per_query[query_id][MAIN] for query_id in judgments.queries]


def _some(ids: tuple[str, ...], shown: int = 5) -> str:
    more = f" and {len(ids) - shown} more" if len(ids) > shown else ""
    return ", ".join(ids[:shown]) + more
