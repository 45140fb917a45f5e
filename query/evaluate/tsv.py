"""Tab-separated tables with a header, and text files line by line."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from connector.errors import JudgmentsError


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


def read_rows(file: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and the asked columns of each row; further columns are let pass.

    Raises:
        JudgmentsError: as `table`, and where one of these cells is empty.
    """
    header, rows = table(file, columns)
    places = [header.index(name) for name in columns]
    for line, cells in rows:
        values = [cells[place] for place in places]
        for name, value in zip(columns, values, strict=True):
            if not value:
                raise JudgmentsError(f"{file}:{line}: {name} is empty")
        yield line, values


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


def _header(columns: Sequence[str]) -> str:
    return repr("\t".join(columns))
