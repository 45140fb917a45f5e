"""What was counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from query.facets.request import FacetRequest

MOST_VALUES = 20


@dataclass(frozen=True)
class Bucket:
    """Products with one value, or with a number in one range.

    Attributes:
        value: as a filter takes it; of a range, `20..50` for people.
        count: products.
        low: of a range, included; None when open, and for a value.
        high: of a range, not included; likewise.
    """

    value: str
    count: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Facet:
    """Counts of one field.

    Attributes:
        field: of the catalogue.
        buckets: values by count, of equal counts by value, at most 20; ranges from low to high.
        others: counts of all further values together.
    """

    field: str
    buckets: tuple[Bucket, ...]
    others: int = 0


def ranged(facet: FacetRequest, counts: Sequence[int]) -> Facet:
    """Return the facet of a request with cuts, its counts from low to high."""
    buckets = tuple(
        Bucket(f"{_end(low)}..{_end(high)}", count, low, high)
        for (low, high), count in zip(facet.ranges, counts, strict=True)
    )
    return Facet(facet.field, buckets)


def _end(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
