"""The queries of a step, with judgments for those that it should change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from query.evaluate.judgments import Judgments, read_grades
from query.evaluate.tsv import table
from query.understand.interpretation import Interpretation

HERE = Path(__file__).parent
OWN = HERE / "qrels.tsv"
COLUMNS = ("query_id", "catalogue", "query", "fires", "kind", "of", "unwanted")
# Sizes and their units are read by `normalise`.
PART = {
    "framing": "framing",
    "spelling": "spelling",
    "compounds": "compounds",
    "negation": "negation",
    "entities": "entities",
    "price": "price",
    "units": "normalise",
    "synonyms": "synonyms",
}


@dataclass(frozen=True)
class Case:
    """One query.

    Attributes:
        query_id: of its own.
        catalogue: folder of the data: `esci`, `icecat` or `zh_shop`.
        query: what is typed.
        fires: whether the step should change it.
        kind: of the finding that should be there, or should not; empty: of any.
        of: query of the catalogue's own judgments whose grades hold here; empty: those in OWN do.
        unwanted: products that do not belong on the first page.
    """

    query_id: str
    catalogue: str
    query: str
    fires: bool
    kind: str
    of: str
    unwanted: tuple[str, ...]

    @property
    def alias(self) -> str:
        """Name of the catalogue's index."""
        return self.catalogue.replace("_", "-")

    def fired(self, part: str, query: Interpretation) -> bool:
        """Return whether a step changed the query in the way this case is about."""
        return any(
            found.step == part and bool(found.effect) and self.kind in ("", found.kind)
            for found in query.findings
        )


def read(step: str) -> tuple[Case, ...]:
    """Return the queries of a step, in the file's order.

    Raises:
        JudgmentsError: with file and line.
    """
    header, rows = table(HERE / f"{step}.tsv", COLUMNS)
    return tuple(_case(dict(zip(header, cells, strict=True))) for _, cells in rows)


def judged(cases: Iterable[Case], data: Path) -> Judgments:
    """Return what is known about the answers to queries that should change.

    Args:
        cases: of any catalogues.
        data: folder of the catalogues, for grades that come with them.

    Raises:
        JudgmentsError: with file and line.
    """
    asked = [case for case in cases if case.fires]
    return Judgments(
        queries={case.query_id: case.query for case in asked},
        grades={case.query_id: dict(_grades(case, data)) for case in asked},
    )


def _case(row: Mapping[str, str]) -> Case:
    return Case(
        query_id=row["query_id"],
        catalogue=row["catalogue"],
        query=row["query"],
        fires=row["fires"] == "yes",
        kind=row["kind"],
        of=row["of"],
        unwanted=tuple(row["unwanted"].split()),
    )


def _grades(case: Case, data: Path) -> Mapping[str, int]:
    if not case.of:
        return _read(OWN)[case.query_id]
    ours = case.catalogue == "zh_shop"
    return _read((HERE.parent if ours else data) / case.catalogue / "qrels.tsv")[case.of]


_read = cache(read_grades)
