"""Judgments as others keep them, with an id for every query."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from connector.errors import JudgmentsError
from query.evaluate.judging import lines
from query.evaluate.judging.lines import Said
from query.evaluate.judging.sheet import Grades
from query.evaluate.judgments import MOST_DIGITS


@dataclass(frozen=True)
class Imported:
    """What was read.

    Attributes:
        queries: text by query id; empty when nobody says the texts.
        grades: product id → grade, by query id.
        unjudged: lines without a grade, left out.
        below_zero: grades below 0, taken for 0: TREC marks junk so.
    """

    queries: dict[str, str]
    grades: Grades
    unjudged: int
    below_zero: int


def read(file: Path, known: Mapping[str, str]) -> Imported:
    """Read judgments in any of the forms.

    Args:
        file: TREC qrels (`qid iteration docid grade`), or a table with a header, separated by
            commas or tabs.
        known: texts by query id; queries with these texts get these ids, others new ones.

    Raises:
        JudgmentsError: with file and line.
    """
    ids = {text: query_id for query_id, text in known.items()}
    queries, grades, unjudged, below_zero = dict(known), Grades(), 0, 0
    for said in lines.read(file):
        query_id = said.query_id or ids.setdefault(said.query, _new_id(ids))
        if said.query and queries.setdefault(query_id, said.query) != said.query:
            raise JudgmentsError(
                f"{file}:{said.line}: query {query_id!r} is {said.query!r} here and "
                f"{queries[query_id]!r} elsewhere; give each text an id of its own"
            )
        if not said.grade or not said.product_id:
            unjudged += 1
            continue
        grade = _grade(file, said)
        below_zero += grade < 0
        _add(file, said, grades.setdefault(query_id, {}), max(0, grade))
    if not grades:
        raise JudgmentsError(f"{file}: no line has a grade; nothing to import")
    return Imported(queries, grades, unjudged, below_zero)


def _add(file: Path, said: Said, products: dict[str, int], grade: int) -> None:
    known = products.setdefault(said.product_id, grade)
    if known != grade:
        raise JudgmentsError(
            f"{file}:{said.line}: query {said.query or said.query_id!r} and product "
            f"{said.product_id!r} were given grade {known} above and {grade} here; keep one"
        )


def _new_id(taken: Mapping[str, str]) -> str:
    """Return `q1`, `q2`, … that no query has."""
    used, number = set(taken.values()), len(taken) + 1
    while f"q{number}" in used:
        number += 1
    return f"q{number}"


def _grade(file: Path, said: Said) -> int:
    try:
        value = float(said.grade)
    except ValueError:
        value = 0.5
    if value != value // 1:
        raise JudgmentsError(
            f"{file}:{said.line}: grade {said.grade!r} is not a whole number; "
            "round the grades before they are imported"
        )
    # What is written here is read again.
    if value >= 10**MOST_DIGITS:
        raise JudgmentsError(
            f"{file}:{said.line}: grade {said.grade[:20]!r} has more than {MOST_DIGITS} digits; "
            "3 is the usual best grade"
        )
    return int(value)
