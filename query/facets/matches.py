"""Facets over all products that match the query's words, counted by the engine."""

from collections.abc import Mapping, Sequence
from typing import Any

from mappings.catalogue import Catalogue
from mappings.index import ALIVE
from query.facets.facet import MOST_VALUES, Bucket, Facet, ranged
from query.facets.request import FacetRequest, stored
from query.filters import clauses
from query.request import Filter

Json = dict[str, Any]

# Name of the aggregation that holds all facets, and of the values below each.
FACETS, _VALUES = "facets", "values"


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


def _counting(facet: FacetRequest, field: str) -> Json:
    if facet.cuts:
        ranges = [_bounds(low, high) for low, high in facet.ranges]
        return {"range": {"field": field, "ranges": ranges}}
    order = [{"_count": "desc"}, {"_key": "asc"}]
    return {"terms": {"field": field, "size": MOST_VALUES, "order": order}}


def _bounds(low: float | None, high: float | None) -> Json:
    return {key: value for key, value in (("from", low), ("to", high)) if value is not None}


def _read(facet: FacetRequest, found: Json) -> Facet:
    if facet.cuts:
        counts = [bucket["doc_count"] for bucket in found["buckets"]]
        return ranged(facet, counts)
    buckets = tuple(
        Bucket(str(bucket.get("key_as_string", bucket["key"])), bucket["doc_count"])
        for bucket in found["buckets"]
    )
    return Facet(facet.field, buckets, found["sum_other_doc_count"])
