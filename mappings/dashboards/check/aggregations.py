"""The aggregations of a classic visualization, as its `visState` has them."""

import itertools
from collections.abc import Iterator

from mappings.dashboards.check.known import (
    BUCKETS,
    FIELDLESS,
    METRICS,
    TOP_HITS,
    UNORDERED,
    Json,
)
from mappings.dashboards.check.pattern import Pattern


def faults(aggs: list[Json], schemas: frozenset[str], own: Pattern) -> Iterator[str]:
    """Yield what is wrong with aggregations over an index pattern.

    Args:
        aggs: of the visualization.
        schemas: where they may stand.
        own: its index pattern.
    """
    ids = [one["id"] for one in aggs]
    if len(set(ids)) < len(ids):
        yield "two aggregations have one id"
    for one, other in itertools.permutations(set(ids), 2):
        # `agg_configs.ts` takes the first whose id begins the one that it looks for.
        if other.startswith(one):
            yield f"the id {other!r} begins with another's, {one!r}, and is taken for it"
    if not any(one["schema"] == "metric" for one in aggs):
        yield "has no metric"
    types = {one["id"]: one["type"] for one in aggs if one["schema"] == "metric"}
    for one in aggs:
        yield from _place(one, schemas)
        yield from _field(one, own)
        yield from _order(one, types)
        if one["type"] == "top_hits":
            yield from _top_hits(one["params"], own)


def _place(one: Json, schemas: frozenset[str]) -> Iterator[str]:
    known = METRICS if one["schema"] in {"metric", "radius"} else BUCKETS
    if one["schema"] not in schemas:
        yield f"aggregates as {one['schema']!r}, there are {', '.join(sorted(schemas))}"
    elif one["type"] not in known:
        yield f"aggregates {one['type']!r} as {one['schema']!r}"


def _field(one: Json, own: Pattern) -> Iterator[str]:
    field, type_ = one["params"].get("field"), one["type"]
    if field is None:
        if type_ not in FIELDLESS:
            yield f"aggregates {type_!r} of no field"
        return
    takes = {**METRICS, **BUCKETS}.get(type_, frozenset())
    if field not in own.fields:
        yield f"aggregates {field!r}, which its index pattern does not have"
    elif type_ != "top_hits" and not own.groups(field):
        yield f"aggregates {field!r}, which is not aggregatable"
    elif takes and own.kind(field) not in takes:
        yield f"takes {type_!r} of {field!r}, which is {own.kind(field)}"


def _order(one: Json, metrics: dict[str, str]) -> Iterator[str]:
    by = one["params"].get("orderBy")
    if by in {None, "_key", "custom"}:
        return
    if by not in metrics:
        yield f"orders by {by!r}, which is no metric"
    elif metrics[by] in UNORDERED:
        yield f"orders by a {metrics[by]!r}, which has no order"


def _top_hits(params: Json, own: Pattern) -> Iterator[str]:
    how, field = params.get("aggregate"), params.get("field", "")
    if how not in TOP_HITS:
        yield f"takes top_hits by {how!r}, there are {', '.join(sorted(TOP_HITS))}"
    elif how != "concat" and own.kind(field) != "number":
        yield f"takes the {how} of {field!r}, which is no number"
    if params.get("sortField", own.time) not in own.fields:
        yield f"takes top_hits by the order of {params.get('sortField')!r}, which is no field"
