"""Tab-separated tables, as every spreadsheet opens them and `query.evaluate.judgments` reads them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from connector import files
from connector.errors import JudgmentsError, RefusedError
from query.evaluate.judgments import GRADE_COLUMNS, QUERY_COLUMNS

Grades = dict[str, dict[str, int]]


def require_absent(file: Path) -> None:
    """Stop before any work when its result could not be written.

    Raises:
        RefusedError: the file exists: judgments are work, and nothing overwrites them.
    """
    if file.exists():
        raise RefusedError(f"{file} exists; name another file, or move this one away")


def write(file: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table that does not exist yet; its folder is made when missing.

    White space within a cell, tabs and line ends before all, becomes one space.

    Raises:
        RefusedError: see `require_absent`.
        JudgmentsError: the file cannot be written.
    """
    require_absent(file)
    lines = ["\t".join(" ".join(cell.split()) for cell in row) for row in (header, *rows)]
    files.write(file, "\n".join(lines) + "\n", JudgmentsError)


def write_grades(file: Path, grades: Grades) -> None:
    """Write judgments.

    Raises:
        RefusedError, JudgmentsError: see `write`.
    """
    rows = [
        (query_id, product_id, str(grade))
        for query_id, products in grades.items()
        for product_id, grade in products.items()
    ]
    write(file, GRADE_COLUMNS, rows)


def write_queries(file: Path, queries: dict[str, str]) -> None:
    """Write queries.

    Raises:
        RefusedError, JudgmentsError: see `write`.
    """
    write(file, QUERY_COLUMNS, list(queries.items()))
