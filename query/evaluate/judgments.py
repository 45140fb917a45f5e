"""Queries and human judgments, read from tab-separated files with a header."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from connector.errors import JudgmentsError

QUERY_COLUMNS = ("query_id", "query")
GRADE_COLUMNS = ("query_id", "product_id", "grade")


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
    for line, (query_id, text) in _rows(file, QUERY_COLUMNS):
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
    for line, (query_id, product_id, written) in _rows(file, GRADE_COLUMNS):
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
    return int(written)


def read_columns(file: Path, leaving: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return a table's further columns: cell by query id, by column; empty cells are left out.

    Args:
        file: tab-separated with a header, `query_id` in it.
        leaving: columns that are not wanted.

    Raises:
        JudgmentsError: with file and line, also where a query has two values in one column.
    """
    header, rows = table(file, ("query_id",))
    wanted = [name for name in header if name not in leaving]
    columns: dict[str, dict[str, str]] = {name: {} for name in wanted}
    for line, cells in rows:
        row = dict(zip(header, cells, strict=True))
        for name in filter(row.get, wanted):
            known = columns[name].setdefault(row["query_id"], row[name])
            if known != row[name]:
                raise JudgmentsError(
                    f"{file}:{line}: query {row['query_id']!r} has the {name} {known!r} above "
                    f"and {row[name]!r} here; keep one"
                )
    return columns


def table(file: Path, columns: Sequence[str]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Read a tab-separated table; return its header, and line number and cells of each row.

    Args:
        file: with a header.
        columns: that must be there, once each.

    Raises:
        JudgmentsError: with file and line.
    """
    lines = numbered_lines(file)
    if not lines:
        raise JudgmentsError(f"{file}: empty; expected a header line {_header(columns)}")
    first, header = lines[0][0], [name.strip() for name in lines[0][1].split("\t")]
    for name in columns:
        if header.count(name) != 1:
            raise JudgmentsError(
                f"{file}:{first}: {'no' if name not in header else 'more than one'} column "
                f"{name!r} in the header, which reads {_header(header)}; "
                f"expected tab-separated {_header(columns)}"
            )
    if len(lines) == 1:
        raise JudgmentsError(f"{file}:{first}: nothing follows the header")
    rows = [(line, [cell.strip() for cell in text.split("\t")]) for line, text in lines[1:]]
    for line, cells in rows:
        if len(cells) != len(header):
            raise JudgmentsError(
                f"{file}:{line}: {len(cells)} tab-separated cells where the header has {len(header)}"
            )
    return header, rows


def _rows(file: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and the asked columns of each row; further columns are let pass."""
    header, rows = table(file, columns)
    places = [header.index(name) for name in columns]
    for line, cells in rows:
        values = [cells[place] for place in places]
        for name, value in zip(columns, values, strict=True):
            if not value:
                raise JudgmentsError(f"{file}:{line}: {name} is empty")
        yield line, values


def _header(columns: Sequence[str]) -> str:
    return repr("\t".join(columns))


def numbered_lines(file: Path) -> list[tuple[int, str]]:
    """Return the lines that hold something, with their numbers from 1.

    Raises:
        JudgmentsError: when the file cannot be read or a line is not UTF-8.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise JudgmentsError(f"{file}: cannot be read ({error.strerror or error})") from None
    lines = []
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            text = raw.rstrip(b"\r").decode("utf-8")
        except UnicodeDecodeError as error:
            raise JudgmentsError(
                f"{file}:{number}: not UTF-8 (byte 0x{raw[error.start]:02x} "
                f"at column {error.start + 1}); save the file as UTF-8"
            ) from None
        if text.strip():
            lines.append((number, text))
    return lines
