"""What each part of a system is worth: the same system without it, query by query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from query.evaluate.compare import Difference, compare, corrected
from query.evaluate.judgments import Judgments
from query.evaluate.metrics import CUTOFF, MAIN, measure
from query.evaluate.runs import Run


@dataclass(frozen=True)
class Part:
    """One step of understanding, term of the score or stage, judged by its absence.

    Attributes:
        name: as `search.quarantined` and `--ablate` know it.
        mean: nDCG@10 without it.
        difference: without it less with it: below zero, it helps.
        changed: queries whose first ten hits are others, or in another order, without it.
    """

    name: str
    mean: float
    difference: Difference
    changed: int

    @property
    def verdict(self) -> str:
        """`helps` or `loses` beyond noise, among all parts tried; `no change`; else `unclear`."""
        if not self.changed:
            return "no change"
        return {"better": "loses", "worse": "helps"}.get(self.difference.verdict, "unclear")


@dataclass(frozen=True)
class Ablation:
    """A system and its parts, the one it misses most first.

    Attributes:
        system: its name.
        mean: nDCG@10 of the whole.
        queries: how many were asked.
        parts: tried.
        quarantined: parts that the settings leave out already; they were not tried.
    """

    system: str
    mean: float
    queries: int
    parts: tuple[Part, ...]
    quarantined: tuple[str, ...] = ()

    @property
    def losing(self) -> tuple[str, ...]:
        """Names of the parts without which the ranking is better, beyond noise."""
        return tuple(part.name for part in self.parts if part.verdict == "loses")

    @property
    def remedy(self) -> str | None:
        """The setting that leaves the losing parts out, as in `connector.toml`; None without any."""
        if not self.losing:
            return None
        names = ", ".join(f'"{name}"' for name in (*self.quarantined, *self.losing))
        return f"search.quarantined = [{names}]"


def ablate(
    judgments: Judgments,
    whole: Run,
    without: Mapping[str, Run],
    quarantined: Sequence[str] = (),
) -> Ablation:
    """Compare a system with itself without each part.

    Args:
        judgments: of the queries asked.
        whole: the system as it is.
        without: its run by the part that was left out, at least ten deep.
        quarantined: parts that are left out of all of these runs.
    """
    kept = measure(whole, judgments.grades)
    base = kept.main(judgments.queries)
    scores = {name: measure(run, judgments.grades) for name, run in without.items()}
    differences = corrected([compare(one.main(judgments.queries), base) for one in scores.values()])
    parts = [
        Part(name, scores[name].mean[MAIN], difference, _changed(judgments, whole, without[name]))
        for name, difference in zip(scores, differences, strict=True)
    ]
    parts.sort(key=lambda part: part.difference.interval.mean)
    return Ablation(
        whole.name, kept.mean[MAIN], len(judgments.queries), tuple(parts), tuple(quarantined)
    )


def _changed(judgments: Judgments, whole: Run, other: Run) -> int:
    return sum(
        whole.first(query, CUTOFF) != other.first(query, CUTOFF) for query in judgments.queries
    )
