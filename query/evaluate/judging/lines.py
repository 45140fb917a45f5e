"""Lines of judgments as others write them: TREC qrels, and tables with a header.

Quepid exports a case as `query,docid,rating`, or with the columns `Query Text`, `Doc ID` and
`Rating` among others; queries are known by their text, and an unrated one has an empty rating:
https://github.com/o19s/quepid/blob/main/app/services/export_case_service.rb
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from connector.errors import JudgmentsError
from query.evaluate.tsv import numbered_lines

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


def read(file: Path) -> Iterator[Said]:
    """Return the lines of a file of any of the forms.

    Raises:
        JudgmentsError: with file and line, also while the lines are read.
    """
    lines = numbered_lines(file)
    if not lines:
        raise JudgmentsError(f"{file}: empty")
    if len(lines[0][1].split()) == _TREC_COLUMNS and _is_number(lines[0][1].split()[-1]):
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


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


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
    # As texts are written: what differs by white space alone is one query.
    found = {name: " ".join(padded[place].split()) for name, place in places.items()}
    if not found.get("query_id") and not found.get("query"):
        raise JudgmentsError(f"{file}:{line}: neither a query id nor a query")
    said = (found.get(name, "") for name in ("query_id", "query", "product_id", "grade"))
    return Said(line, *said)
