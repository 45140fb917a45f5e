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
        sorts: their sort values, by which a page after one is asked for; empty without.
        hits: as the cluster gave them, one each.
    """

    ids: tuple[str, ...]
    scores: tuple[float, ...]
    sorts: tuple[list[Any], ...]
    hits: tuple[Json, ...]

    def followed(self, other: "Page") -> "Page":
        """Return the page with another's hits behind its own."""
        return Page(
            self.ids + other.ids,
            self.scores + other.scores,
            self.sorts + other.sorts,
            self.hits + other.hits,
        )


@dataclass(frozen=True)
class Total:
    """How many hits there are, and whether that is exact (`eq`) or the least (`gte`)."""

    value: int
    relation: str


def below(lowest: float, score: float | None) -> float:
    """Return a score under the ranking's lowest that keeps the order of the client's own query."""
    own = max(0.0, score or 0.0)
    return lowest * own / (1.0 + own) if lowest > 0 else lowest - 1.0 / (1.0 + own)
