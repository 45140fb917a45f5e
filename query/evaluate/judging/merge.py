"""Judgments of several files put together; where they disagree, somebody has to say who is right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from query.evaluate.judging.sheet import Grades

Prefer = Literal["first", "last"]


@dataclass(frozen=True)
class Conflict:
    """A pair that was judged differently: its grades by the name of the file, in the files' order."""

    query_id: str
    product_id: str
    grades: Mapping[str, int]

    def __str__(self) -> str:
        said = ", ".join(f"{grade} in {name}" for name, grade in self.grades.items())
        return f"query {self.query_id!r}, product {self.product_id!r}: {said}"


@dataclass(frozen=True)
class Merged:
    """All judgments.

    Attributes:
        grades: product id → grade, by query id; of a conflict, the preferred one.
        conflicts: pairs with several grades.
        agreed: pairs that several files judge alike.
    """

    grades: Grades
    conflicts: tuple[Conflict, ...]
    agreed: int

    @property
    def pairs(self) -> int:
        """How many pairs are judged."""
        return sum(map(len, self.grades.values()))


def merge(files: Mapping[str, Grades], prefer: Prefer) -> Merged:
    """Put judgments together.

    Args:
        files: judgments by name, in order.
        prefer: which file is right where they disagree.
    """
    said: dict[tuple[str, str], dict[str, int]] = {}
    for name, grades in files.items():
        for query_id, products in grades.items():
            for product_id, grade in products.items():
                said.setdefault((query_id, product_id), {})[name] = grade
    merged: Grades = {}
    for (query_id, product_id), by_file in said.items():
        given = list(by_file.values())
        merged.setdefault(query_id, {})[product_id] = given[0 if prefer == "first" else -1]
    several = {pair: by_file for pair, by_file in said.items() if len(by_file) > 1}
    conflicts = tuple(
        Conflict(*pair, by_file)
        for pair, by_file in several.items()
        if len(set(by_file.values())) > 1
    )
    return Merged(merged, conflicts, len(several) - len(conflicts))
