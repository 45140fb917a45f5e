"""Visualizations: a type that is registered, its index pattern, and what it draws."""

import json
from collections.abc import Iterator

from mappings.dashboards.check import aggregations, vega
from mappings.dashboards.check.known import SCHEMAS, SEARCH, Json
from mappings.dashboards.check.pattern import Pattern


def faults(each: Json, patterns: dict[str, Pattern]) -> Iterator[str]:
    """Yield what is wrong with a visualization."""
    state = json.loads(each["attributes"]["visState"])
    type_ = state["type"]
    if type_ not in SCHEMAS:
        yield f"unknown visualization {type_!r}"
        return
    if type_ == "vega":
        yield from vega.faults(json.loads(state["params"]["spec"]), list(patterns.values()))
        return
    if type_ == "markdown":
        return
    search = json.loads(each["attributes"][SEARCH]["searchSourceJSON"])
    ids = {one["name"]: one["id"] for one in each["references"]}
    own = patterns.get(ids.get(search.get("indexRefName"), ""))
    if own is None:
        yield "has no index pattern"
        return
    yield from aggregations.faults(state["aggs"], SCHEMAS[type_], own)
