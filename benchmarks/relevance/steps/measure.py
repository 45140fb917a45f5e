"""What a step does to its queries on live indices: where it fires, and what that is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.relevance.steps.cases import PART, Case, judged, read
from query.evaluate.compare import Difference, Interval, compare, interval
from query.evaluate.metrics import CUTOFF, MAIN, measure
from query.evaluate.runs import Run
from query.request import SearchRequest
from query.search import Searcher


@dataclass(frozen=True)
class Fired:
    """Queries by whether the step should change them, and whether it did."""

    right: tuple[Case, ...]
    missed: tuple[Case, ...]
    wrong: tuple[Case, ...]
    left: tuple[Case, ...]

    @property
    def precision(self) -> float | None:
        """Share of those changed that should be; None where none was."""
        changed = len(self.right) + len(self.wrong)
        return len(self.right) / changed if changed else None


@dataclass(frozen=True)
class Lift:
    """Queries that the step should change, asked with it and without it.

    Attributes:
        whole: nDCG@10 with every step.
        difference: with the step less without it, query by query.
        unwanted: products on first pages that do not belong there, with the step and without.
    """

    whole: Interval
    difference: Difference
    unwanted: tuple[int, int]


def fired(step: str, searchers: dict[str, Searcher]) -> Fired:
    """Have the live indices' steps read all queries of a step."""
    cases: dict[tuple[bool, bool], list[Case]] = {}
    for case in read(step):
        query = searchers[case.alias].search(case.query, size=0).interpretation
        did = query is not None and case.fired(PART[step], query)
        cases.setdefault((case.fires, did), []).append(case)
    should = (True, True), (True, False), (False, True), (False, False)
    return Fired(*(tuple(cases.get(both, ())) for both in should))


def lift(step: str, searchers: dict[str, Searcher], data: Path) -> Lift:
    """Ask what the step should change, with it and without it."""
    cases = [case for case in read(step) if case.fires]
    grades = judged(cases, data).grades
    runs = [_run(cases, searchers, without) for without in ((), (PART[step],))]
    scores = [measure(run, grades).per_query for run in runs]
    kept, lost = ([one[case.query_id][MAIN] for case in cases] for one in scores)
    shown, without = (_unwanted(run, cases) for run in runs)
    return Lift(interval(kept), compare(kept, lost), (shown, without))


def _run(cases: Sequence[Case], searchers: dict[str, Searcher], without: tuple[str, ...]) -> Run:
    requests = {case: SearchRequest(case.query, size=CUTOFF, without=without) for case in cases}
    return Run(
        "without " + " ".join(without) if without else "whole",
        {
            case.query_id: [
                (hit.id, hit.score) for hit in searchers[case.alias].search(request).hits
            ]
            for case, request in requests.items()
        },
    )


def _unwanted(run: Run, cases: Sequence[Case]) -> int:
    return sum(
        len(set(case.unwanted).intersection(run.first(case.query_id, CUTOFF))) for case in cases
    )
