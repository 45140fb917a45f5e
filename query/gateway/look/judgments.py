"""What people say on the page, kept in a table that `connector judgments import` reads."""

import csv
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connector.errors import JudgmentsError, RequestError
from connector.files import replace

COLUMNS = ("query", "product_id", "grade", "index", "judged_at")
GRADES = range(4)
_LONGEST = 512


@dataclass(frozen=True)
class Judgment:
    """How well a product answers a query: 0 not at all, to 3 exactly."""

    query: str
    product_id: str
    grade: int
    index: str

    @classmethod
    def read(cls, given: object) -> "Judgment":
        """Return a judgment as the page sends it.

        Raises:
            RequestError: what is wrong, without quoting it.
        """
        if not isinstance(given, dict):
            raise RequestError("a judgment is a JSON object")
        texts = [given.get(name) for name in ("query", "product_id", "index")]
        query, product_id, index = (_line(text) for text in texts)
        grade = given.get("grade")
        if isinstance(grade, bool) or not isinstance(grade, int) or grade not in GRADES:
            raise RequestError("grade is not 0, 1, 2 or 3")
        return cls(query, product_id, grade, index)


def _line(text: object) -> str:
    """Return a text that is a cell of a table, and no formula to a program that opens it."""
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST:
        raise RequestError("query, product_id and index are texts of 1 to 512 characters")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not line or line[0] in "=+@":
        raise RequestError("query, product_id and index begin with a letter or a digit")
    return line


class Judgments:
    """A table in a file. Threads and processes may share it; the last word on a pair stands."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def save(self, judgment: Judgment) -> None:
        """Keep a judgment.

        Raises:
            JudgmentsError: the file cannot be written, or holds something else.
        """
        try:
            with self._alone():
                rows = {
                    (row["query"], row["product_id"], row["index"]): row for row in self._rows()
                }
                now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
                row = {**judgment.__dict__, "grade": str(judgment.grade), "judged_at": now}
                rows[judgment.query, judgment.product_id, judgment.index] = row
                self._write(list(rows.values()))
        except OSError as error:
            raise JudgmentsError(
                f"{self._file}: cannot be written ({error.strerror or error}); see the setting "
                "gateway.judgments"
            ) from None

    def of(self, query: str, index: str) -> dict[str, int]:
        """Return the grades that a query's products have, by product id."""
        query = " ".join(query.split())
        return {
            row["product_id"]: int(row["grade"])
            for row in self._rows()
            if row["query"] == query and row["index"] == index
        }

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _rows(self) -> list[dict[str, str]]:
        if not self._file.exists():
            return []
        with self._file.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise JudgmentsError(
                    f"{self._file}: its columns are not {', '.join(COLUMNS)}; name a file of its "
                    "own for gateway.judgments"
                )
            return list(reader)

    def _write(self, rows: list[dict[str, str]]) -> None:
        lines = ["\t".join(COLUMNS), *("\t".join(row[name] for name in COLUMNS) for row in rows)]
        replace(self._file, "".join(f"{line}\n" for line in lines))
