"""Which pairs of query and product people should look at: what any system ranks high.

Pooling: Spärck Jones and van Rijsbergen (1975), Report on the need for and provision of an ideal
information retrieval test collection.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from query.evaluate.judging import sheet
from query.evaluate.runs import Run

COLUMNS = ("query_id", "query", "product_id", "title", "grade", "judged")


@dataclass(frozen=True)
class Pair:
    """A query and a product that some system ranks high for it.

    Attributes:
        query_id: of the query.
        text: of the query.
        product_id: of the product.
        grade: None when nobody judged it yet.
    """

    query_id: str
    text: str
    product_id: str
    grade: int | None


def pool(
    queries: Mapping[str, str],
    runs: Sequence[Run],
    grades: Mapping[str, Mapping[str, int]],
    depth: int,
) -> list[Pair]:
    """Return the first products of every run, each once per query.

    Within a query they come in an order that says nothing about systems and ranks, and is the
    same every time, so that it does not lead the people who judge.

    Args:
        queries: text by query id.
        runs: of the systems.
        grades: judgments that exist already, product id → grade by query id.
        depth: products of each run and query.
    """
    return [
        Pair(query_id, text, product_id, grades.get(query_id, {}).get(product_id))
        for query_id, text in queries.items()
        for product_id in _shuffled(
            query_id, {id_ for run in runs for id_ in run.first(query_id, depth)}
        )
    ]


def write(pairs: Sequence[Pair], titles: Mapping[str, str], file: Path) -> None:
    """Write the table in which people fill in the column `grade`.

    Args:
        pairs: to judge, and judged ones: those have their grade and `yes` in the column `judged`.
        titles: by product id; empty cells where there is none.
        file: must not exist.

    Raises:
        RefusedError, JudgmentsError: see `sheet.write`.
    """
    sheet.write(
        file,
        COLUMNS,
        [
            (
                pair.query_id,
                pair.text,
                pair.product_id,
                titles.get(pair.product_id, ""),
                "" if pair.grade is None else str(pair.grade),
                "" if pair.grade is None else "yes",
            )
            for pair in pairs
        ],
    )


def _shuffled(query_id: str, products: set[str]) -> list[str]:
    def place(product_id: str) -> bytes:
        return hashlib.sha256(f"{query_id}\0{product_id}".encode()).digest()

    return sorted(products, key=place)
