"""What is shown of a ranking, and how many hits there are."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Hits that are shown.

    Attributes:
        ids: of the products, best first.
        scores: one each.
        hits: as the cluster gave them, one each.
    """

    ids: tuple[str, ...]
    scores: tuple[float, ...]
    hits: tuple[Json, ...]

    def followed(self, other: "Page") -> "Page":
        """Return the page with another's hits behind its own."""
        return Page(self.ids + other.ids, self.scores + other.scores, self.hits + other.hits)


@dataclass(frozen=True)
class Total:
    """How many hits there are, and whether that is exact (`eq`) or the least (`gte`)."""

    value: int
    relation: str
