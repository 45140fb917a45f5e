"""Queries and human judgments, read from tab-separated files with a header."""

from dataclasses import dataclass
from pathlib import Path

from connector.errors import JudgmentsError
from query.evaluate.tsv import read_rows

QUERY_COLUMNS = ("query_id", "query")
GRADE_COLUMNS = ("query_id", "product_id", "grade")
MOST_DIGITS = 6


@dataclass(frozen=True)
class Judgments:
    """What people said about the answers to a set of queries.

    Attributes:
        queries: text by query id, in the file's order; only queries that can be evaluated.
        grades: product id → grade (0 and up, 0 is irrelevant), by query id; same keys as `queries`.
        unjudged: ids that stand in the queries file only.
        unasked: ids that stand in the judgments only; they have no text to search for.
        unanswerable: ids whose products all have grade 0: with nothing to find, no ranking is
            better than another, and nDCG is 0 / 0.
    """

    queries: dict[str, str]
    grades: dict[str, dict[str, int]]
    unjudged: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    unanswerable: tuple[str, ...] = ()


def read(queries: Path, qrels: Path) -> Judgments:
    """Read both files and keep the queries that stand in both and have something to find.

    Raises:
        JudgmentsError: with file and line, for every fault of form; also when no query is left.
    """
    texts, grades = read_queries(queries), read_grades(qrels)
    both = [query_id for query_id in texts if query_id in grades]
    if not both:
        raise JudgmentsError(
            f"no query_id of {queries} stands in {qrels}: "
            f"{next(iter(texts))!r} there, {next(iter(grades))!r} here; do the files belong together?"
        )
    kept = [query_id for query_id in both if any(grades[query_id].values())]
    if not kept:
        raise JudgmentsError(f"{qrels}: no product has a grade above 0, so nothing can be found")
    return Judgments(
        queries={query_id: texts[query_id] for query_id in kept},
        grades={query_id: grades[query_id] for query_id in kept},
        unjudged=tuple(query_id for query_id in texts if query_id not in grades),
        unasked=tuple(query_id for query_id in grades if query_id not in texts),
        unanswerable=tuple(query_id for query_id in both if query_id not in kept),
    )


def read_queries(file: Path) -> dict[str, str]:
    """Read `query_id, query` rows.

    Raises:
        JudgmentsError: with file and line.
    """
    texts: dict[str, str] = {}
    for line, (query_id, text) in read_rows(file, QUERY_COLUMNS):
        if texts.setdefault(query_id, text) != text:
            raise JudgmentsError(
                f"{file}:{line}: query_id {query_id!r} has a second text {text!r}; "
                "give each query an id of its own"
            )
    return texts


def read_grades(file: Path) -> dict[str, dict[str, int]]:
    """Read `query_id, product_id, grade` rows; the same row twice is one judgment.

    Raises:
        JudgmentsError: with file and line.
    """
    grades: dict[str, dict[str, int]] = {}
    for line, (query_id, product_id, written) in read_rows(file, GRADE_COLUMNS):
        grade = _grade(file, line, written)
        known = grades.setdefault(query_id, {}).setdefault(product_id, grade)
        if known != grade:
            raise JudgmentsError(
                f"{file}:{line}: query {query_id!r} and product {product_id!r} were given "
                f"grade {known} above and {grade} here; keep one"
            )
    return grades


def _grade(file: Path, line: int, written: str) -> int:
    if not (written.isascii() and written.isdigit()):
        raise JudgmentsError(
            f"{file}:{line}: grade {written!r} is not a whole number from 0 (irrelevant) up"
        )
    # Python refuses to read numbers of thousands of digits, and trec_eval counts in machine words.
    if len(written) > MOST_DIGITS:
        raise JudgmentsError(
            f"{file}:{line}: grade {written[:20]!r} has {len(written)} digits; "
            f"{MOST_DIGITS} are the most, and 3 is the usual best grade"
        )
    return int(written)
