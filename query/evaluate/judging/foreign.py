"""Judgments as others keep them: TREC qrels, CSV, exports of Quepid, and a pool filled in.

Quepid exports a case as `query,docid,rating`, or with the columns `Query Text`, `Doc ID` and
`Rating` among others; queries are known by their text, and an unrated one has an empty rating:
https://github.com/o19s/quepid/blob/main/app/services/export_case_service.rb
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from connector.errors import JudgmentsError
from query.evaluate.judging.sheet import Grades
from query.evaluate.judgments import numbered_lines

# What others call the columns; case, spaces and underscores do not matter.
NAMES = {
    "query_id": ("queryid", "qid"),
    "query": ("query", "querytext"),
    "product_id": ("productid", "docid"),
    "grade": ("grade", "rating"),
}
_TREC_COLUMNS = 4


@dataclass(frozen=True)
class Said:
    """One line.

    Attributes:
        line: its number.
        query_id: empty when the file knows queries by their text.
        query: text; empty when the file knows only ids.
        product_id: of the product.
        grade: as written; empty when nobody judged the pair.
    """

    line: int
    query_id: str
    query: str
    product_id: str
    grade: str


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
    for said in _said(file):
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
    return int(value)


def _said(file: Path) -> Iterator[Said]:
    lines = numbered_lines(file)
    if not lines:
        raise JudgmentsError(f"{file}: empty")
    if len(lines[0][1].split()) == _TREC_COLUMNS and _is_whole(lines[0][1].split()[-1]):
        return (_trec(file, line, text) for line, text in lines)
    return _table(file, lines)


def _trec(file: Path, line: int, text: str) -> Said:
    cells = text.split()
    if len(cells) != _TREC_COLUMNS:
        raise JudgmentsError(
            f"{file}:{line}: {len(cells)} columns where TREC qrels have four, "
            "`qid iteration docid grade`"
        )
    return Said(line, cells[0], "", cells[2], cells[3])


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isascii() and text.removeprefix("-").isdigit()


def _table(file: Path, lines: list[tuple[int, str]]) -> Iterator[Said]:
    tabs = "\t" in lines[0][1]
    reader = csv.reader(
        (f"{text}\n" for _, text in lines),
        delimiter="\t" if tabs else ",",
        quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL,
        strict=True,
    )
    try:
        header = next(reader)
        places = _places(file, lines[0][0], header)
        for cells in reader:
            yield _row(file, lines[reader.line_num - 1][0], cells, len(header), places)
    except csv.Error as error:
        line = lines[min(reader.line_num, len(lines)) - 1][0]
        raise JudgmentsError(f"{file}:{line}: not CSV ({error})") from None


def _places(file: Path, line: int, header: list[str]) -> dict[str, int]:
    """Return where each known column stands."""
    plain = ["".join(char for char in name.casefold() if char.isalnum()) for name in header]
    found = {
        column: plain.index(name)
        for column, names in NAMES.items()
        for name in names
        if name in plain
    }
    missing = [column for column in ("product_id", "grade") if column not in found]
    if "query_id" not in found and "query" not in found:
        missing.insert(0, "query_id or query")
    if missing:
        raise JudgmentsError(
            f"{file}:{line}: no column {', '.join(missing)} in the header {header!r}; expected "
            "query_id or query, product_id (or docid) and grade (or rating), or TREC qrels "
            "`qid iteration docid grade` without a header"
        )
    return found


def _row(file: Path, line: int, cells: list[str], width: int, places: Mapping[str, int]) -> Said:
    # Quepid writes an unrated query as its text alone.
    if len(cells) != width and any(cell.strip() for cell in cells[1:]):
        raise JudgmentsError(f"{file}:{line}: {len(cells)} cells where the header has {width}")
    padded = [*cells, *[""] * width]
    found = {name: padded[place].strip() for name, place in places.items()}
    if not found.get("query_id") and not found.get("query"):
        raise JudgmentsError(f"{file}:{line}: neither a query id nor a query")
    said = (found.get(name, "") for name in ("query_id", "query", "product_id", "grade"))
    return Said(line, *said)
