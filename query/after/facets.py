"""Facets: how many products there are of each value of a field.

Over the products that have any of the query's words (`aggregations`, exact, counted by the engine),
or over the candidates alone (`counted`, what the pages can show).
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from connector.errors import RequestError
from mappings.catalogue import Catalogue
from mappings.index import ALIVE
from query.filters import clauses, filterable
from query.request import Filter

Json = dict[str, Any]

# Name of the aggregation that holds all facets, and of the values below each.
FACETS, _VALUES = "facets", "values"
_NUMBERS = ("double", "long")
_MOST_VALUES = 20
_MOST_CUTS = 50


@dataclass(frozen=True)
class FacetRequest:
    """A field whose values are counted.

    Attributes:
        field: of the catalogue.
        cuts: of a number: where ranges begin and end, ascending; without, single values count.
    """

    field: str
    cuts: tuple[float, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "FacetRequest":
        """Read `FIELD` or `FIELD:20,50,100`.

        Raises:
            RequestError: the cuts are not ascending numbers.
        """
        field, _, written = text.partition(":")
        try:
            cuts = tuple(float(cut) for cut in written.split(",")) if written else ()
        except ValueError:
            cuts = (math.nan,)
        ascending = all(map(math.isfinite, cuts)) and cuts == tuple(sorted(set(cuts)))
        if not ascending or len(cuts) > _MOST_CUTS:
            raise RequestError(
                f"facet {text!r} is not FIELD or FIELD:NUMBER,NUMBER,… with up to {_MOST_CUTS} "
                "ascending numbers, for example brand or price:20,50,100"
            )
        return cls(field.strip(), cuts)

    @property
    def ranges(self) -> tuple[tuple[float | None, float | None], ...]:
        """The ranges between the cuts and beyond them, each with its low end, without its high."""
        return tuple(pairwise((None, *self.cuts, None)))


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


def stored(facets: Iterable[FacetRequest], catalogue: Catalogue) -> dict[str, str]:
    """Return the index field of each facet, by its name.

    Raises:
        RequestError: a field that does not exist, has no exact values, or has no ranges.
    """
    fields = {}
    for facet in facets:
        spec = catalogue.fields.get(facet.field)
        field = catalogue.filter_field(facet.field)
        if spec is None or field is None:
            names = dict.fromkeys(name.partition(".")[0] for name in filterable(catalogue))
            raise RequestError(
                f"cannot count {facet.field!r}; this index has: {', '.join(names) or 'no facets'}"
            )
        if facet.cuts and spec.type not in _NUMBERS:
            raise RequestError(
                f"facet {facet.field!r}: ranges need a number, this field is of type {spec.type!r}"
            )
        fields[facet.field] = field
    return fields


def aggregations(
    facets: Sequence[FacetRequest],
    catalogue: Catalogue,
    matching: Json | None,
    filters: Sequence[Filter],
    fixed: Sequence[Json] = (),
) -> Json:
    """Return what counts facets over all matching products, to be added to any search.

    A facet is counted without the filters on its own field, so that other values of it can still
    be chosen; all other filters hold. The counts do not depend on the search they travel with.

    Args:
        facets: to be counted.
        catalogue: names the index fields.
        matching: the lexical leg, whose matches are counted; None for a query without words.
        filters: of the request.
        fixed: further conditions that always hold, such as an understood price.

    Raises:
        RequestError: see `stored`.
    """
    fields = stored(facets, catalogue)
    found = matching or {"match_none": {}}
    counted: Json = {}
    for facet in facets:
        others = [one for one in filters if one.field.partition(".")[0] != facet.field]
        conditions = [ALIVE, found, *fixed, *clauses(others, catalogue)]
        values = _counting(facet, fields[facet.field])
        counted[facet.field] = {
            "filter": {"bool": {"filter": conditions}},
            "aggs": {_VALUES: values},
        }
    return {FACETS: {"global": {}, "aggs": counted}}


def read(facets: Sequence[FacetRequest], answer: Mapping[str, Any]) -> tuple[Facet, ...]:
    """Read the engine's answer to `aggregations`.

    Args:
        facets: that were asked for.
        answer: the `aggregations` of the search.
    """
    found = answer[FACETS]
    return tuple(_read(facet, found[facet.field][_VALUES]) for facet in facets)


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


def _counting(facet: FacetRequest, field: str) -> Json:
    if facet.cuts:
        ranges = [_bounds(low, high) for low, high in facet.ranges]
        return {"range": {"field": field, "ranges": ranges}}
    order = [{"_count": "desc"}, {"_key": "asc"}]
    return {"terms": {"field": field, "size": _MOST_VALUES, "order": order}}


def _bounds(low: float | None, high: float | None) -> Json:
    return {key: value for key, value in (("from", low), ("to", high)) if value is not None}


def _read(facet: FacetRequest, found: Json) -> Facet:
    if facet.cuts:
        counts = [bucket["doc_count"] for bucket in found["buckets"]]
        return _ranged(facet, counts)
    buckets = tuple(
        Bucket(str(bucket.get("key_as_string", bucket["key"])), bucket["doc_count"])
        for bucket in found["buckets"]
    )
    return Facet(facet.field, buckets, found["sum_other_doc_count"])


def _counted(facet: FacetRequest, column: Sequence[Any]) -> Facet:
    cells = [
        cell if isinstance(cell, list | tuple) else [cell] for cell in column if cell is not None
    ]
    if facet.cuts:
        inside = [
            sum(any(_within(value, low, high) for value in cell) for cell in cells)
            for low, high in facet.ranges
        ]
        return _ranged(facet, inside)
    counts = Counter(value for cell in cells for value in dict.fromkeys(cell))
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    buckets = tuple(Bucket(_text(value), count) for value, count in ranked[:_MOST_VALUES])
    return Facet(facet.field, buckets, sum(count for _, count in ranked[_MOST_VALUES:]))


def _ranged(facet: FacetRequest, counts: Sequence[int]) -> Facet:
    buckets = tuple(
        Bucket(f"{_end(low)}..{_end(high)}", count, low, high)
        for (low, high), count in zip(facet.ranges, counts, strict=True)
    )
    return Facet(facet.field, buckets)


def _within(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value < high)


def _end(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
