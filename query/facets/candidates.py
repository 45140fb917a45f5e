"""Facets over the candidates of a search, whose values came along with them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mappings.catalogue import Catalogue
from query.facets.facet import MOST_VALUES, Bucket, Facet, ranged
from query.facets.request import FacetRequest, stored


def counted(
    facets: Sequence[FacetRequest], catalogue: Catalogue, columns: Mapping[str, Sequence[Any]]
) -> tuple[Facet, ...]:
    """Count facets over candidates; all filters hold, also those on a facet's own field.

    Args:
        facets: to be counted.
        catalogue: names the index fields.
        columns: values by index field, a list per candidate, None where absent.

    Raises:
        RequestError: see `stored`.
    """
    fields = stored(facets, catalogue)
    return tuple(_counted(facet, columns[fields[facet.field]]) for facet in facets)


def _counted(facet: FacetRequest, column: Sequence[Any]) -> Facet:
    cells = [
        cell if isinstance(cell, list | tuple) else [cell] for cell in column if cell is not None
    ]
    if facet.cuts:
        inside = [
            sum(any(_within(value, low, high) for value in cell) for cell in cells)
            for low, high in facet.ranges
        ]
        return ranged(facet, inside)
    counts = Counter(value for cell in cells for value in dict.fromkeys(cell))
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    buckets = tuple(Bucket(_text(value), count) for value, count in ranked[:MOST_VALUES])
    return Facet(facet.field, buckets, sum(count for _, count in ranked[MOST_VALUES:]))


def _within(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value < high)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
