"""What the page shows of single queries: answers with grades, wins and losses side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from query.evaluate.compare import SAME
from query.evaluate.evaluation import Evaluation, Measured
from query.evaluate.metrics import CUTOFF, MAIN

# Queries shown side by side of each kind, per system.
MOST_SHOWN = 5


@dataclass(frozen=True)
class Shown:
    """One hit.

    Attributes:
        id: of the product.
        title: None where the index was not at hand.
        grade: None where nobody judged it.
        before: its rank in the baseline's first ten, from 1; None where it is not there.
    """

    id: str
    title: str | None
    grade: int | None
    before: int | None


@dataclass(frozen=True)
class Answer:
    """A system's first ten hits for one query, and its measures."""

    system: str
    scores: Mapping[str, float]
    hits: tuple[Shown, ...]


@dataclass(frozen=True)
class Row:
    """One query: nDCG@10 of every system, the difference of each but the first, all answers."""

    id: str
    text: str
    values: tuple[float, ...]
    changes: tuple[float, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Contrast:
    """A system's largest gains over the baseline, and its largest losses, worst first.

    Each is a query's row and this system's place among those that are compared.
    """

    measured: Measured
    place: int
    wins: tuple[Row, ...]
    losses: tuple[Row, ...]


def rows(evaluation: Evaluation, titles: Mapping[str, str]) -> list[Row]:
    """Return every query in the judgments' order."""
    return [_row(evaluation, query_id, titles) for query_id in evaluation.judgments.queries]


def contrasts(evaluation: Evaluation, found: list[Row]) -> Iterator[Contrast]:
    """Yield, for each system but the baseline, the queries on which the two differ most."""
    for place, measured in enumerate(evaluation.systems[1:]):
        ordered = sorted(found, key=lambda row, at=place: -row.changes[at])  # type: ignore[misc]
        wins = [row for row in ordered if row.changes[place] > 0]
        losses = [row for row in reversed(ordered) if row.changes[place] < 0]
        yield Contrast(measured, place, tuple(wins[:MOST_SHOWN]), tuple(losses[:MOST_SHOWN]))


def changes(evaluation: Evaluation, measured: Measured) -> list[float]:
    """Return a system's difference from the baseline on every query."""
    return [_change(evaluation, measured, query_id) for query_id in evaluation.judgments.queries]


def _change(evaluation: Evaluation, measured: Measured, query_id: str) -> float:
    """Return the difference from the baseline, with rounding noise as exactly zero."""
    theirs = evaluation.baseline.scores.per_query[query_id][MAIN]
    change = measured.scores.per_query[query_id][MAIN] - theirs
    return change if abs(change) > SAME else 0.0


def _row(evaluation: Evaluation, query_id: str, titles: Mapping[str, str]) -> Row:
    systems, grades = evaluation.systems, evaluation.judgments.grades[query_id]
    base = evaluation.baseline.run.first(query_id, CUTOFF)
    places = {product_id: rank for rank, product_id in enumerate(base, 1)}
    return Row(
        id=query_id,
        text=evaluation.judgments.queries[query_id],
        values=tuple(one.scores.per_query[query_id][MAIN] for one in systems),
        changes=tuple(_change(evaluation, one, query_id) for one in systems[1:]),
        answers=tuple(
            Answer(
                one.run.name,
                one.scores.per_query[query_id],
                tuple(
                    Shown(id_, titles.get(id_), grades.get(id_), places.get(id_))
                    for id_ in one.run.first(query_id, CUTOFF)
                ),
            )
            for one in systems
        ),
    )
