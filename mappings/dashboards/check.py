"""A file of saved objects read as an importer reads it, without one: what it would refuse, and why.

Types, attributes and versions are those that OpenSearch Dashboards 2.8 to 3.3 register for index
patterns, visualizations and dashboards.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from mappings.dashboards.objects import VERSIONS

Json = dict[str, Any]

_SEARCH = "kibanaSavedObjectMeta"
ATTRIBUTES = {
    "index-pattern": frozenset(
        [
            "title",
            "fields",
            "timeFieldName",
            "fieldFormatMap",
            "sourceFilters",
            "intervalName",
            "type",
            "typeMeta",
        ]
    ),
    "visualization": frozenset(
        f"title description visState uiStateJSON version savedSearchRefName {_SEARCH}".split()
    ),
    "dashboard": frozenset(
        "title description hits panelsJSON optionsJSON version timeRestore timeFrom timeTo "
        f"refreshInterval {_SEARCH}".split()
    ),
}
_KEYS = frozenset(
    [
        "id",
        "type",
        "attributes",
        "references",
        "migrationVersion",
        "updated_at",
        "version",
        "namespaces",
        "coreMigrationVersion",
        "typeMigrationVersion",
    ]
)
_VISUALIZATIONS = frozenset(
    [
        "area",
        "gauge",
        "goal",
        "heatmap",
        "histogram",
        "horizontal_bar",
        "line",
        "markdown",
        "metric",
        "pie",
        "table",
        "tagcloud",
        "vega",
    ]
)


def faults(text: str) -> list[str]:
    """Return what is wrong with a file of saved objects, a sentence each; empty when it is well."""
    objects: list[Json] = []
    found: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            each = json.loads(line)
        except json.JSONDecodeError:
            found.append(f"line {number} is not JSON")
            continue
        # The summary that an export ends with.
        if isinstance(each, dict) and "exportedCount" not in each:
            objects.append(each)
    return [*found, *_faults(objects)]


def _faults(objects: list[Json]) -> Iterator[str]:
    patterns = {each["id"]: _names(each) for each in objects if each.get("type") == "index-pattern"}
    there = [(each.get("type"), each.get("id")) for each in objects]
    for name in {name for name in there if there.count(name) > 1}:
        yield f"{name[0]} {name[1]!r} stands twice"
    for each in objects:
        label = f"{each.get('type')} {each.get('id')!r}"
        if each.get("type") not in ATTRIBUTES:
            yield f"{label}: unknown type; there are {', '.join(ATTRIBUTES)}"
            continue
        own = (*_shape(each), *_references(each, set(there)), *_inside(each, patterns))
        yield from (f"{label}: {fault}" for fault in own)


def _shape(each: Json) -> Iterator[str]:
    type_, attributes = each["type"], each.get("attributes", {})
    if unknown := each.keys() - _KEYS:
        yield f"unknown keys {', '.join(sorted(unknown))}"
    if not attributes.get("title"):
        yield "has no title"
    if unknown := attributes.keys() - ATTRIBUTES[type_]:
        yield f"unknown attributes {', '.join(sorted(unknown))}"
    versions = each.get("migrationVersion", {})
    if set(versions) != {type_}:
        yield f"migrationVersion names {sorted(versions)}, expected its own type"
    elif _number(versions[type_]) > _number(VERSIONS[type_]):
        yield f"migrationVersion {versions[type_]} is above {VERSIONS[type_]}, which is the last"


def _references(each: Json, there: set[tuple[Any, Any]]) -> Iterator[str]:
    for one in each.get("references", ()):
        if (one.get("type"), one.get("id")) not in there:
            yield f"refers to {one.get('type')} {one.get('id')!r}, which is missing"


def _inside(each: Json, patterns: dict[str, set[str]]) -> Iterator[str]:
    try:
        yield from _PARTS[each["type"]](each, patterns)
    except (KeyError, TypeError, ValueError) as error:
        yield f"cannot be read ({type(error).__name__}: {error})"


def _pattern(each: Json, _: dict[str, set[str]]) -> Iterator[str]:
    names = _names(each)
    if not names:
        yield "has no fields; the first page that uses it would show errors"
    time = each["attributes"].get("timeFieldName")
    if time is not None and time not in names:
        yield f"its time field {time!r} is not among its fields"


def _visualization(each: Json, patterns: dict[str, set[str]]) -> Iterator[str]:
    state = json.loads(each["attributes"]["visState"])
    if state["type"] not in _VISUALIZATIONS:
        yield f"unknown visualization {state['type']!r}"
    names = {one["name"]: one["id"] for one in each["references"]}
    search = json.loads(each["attributes"][_SEARCH]["searchSourceJSON"])
    wanted = search.get("indexRefName")
    if wanted is not None and wanted not in names:
        yield f"searches {wanted!r}, which no reference names"
    fields = patterns.get(names.get(wanted, ""), set())
    for one in state["aggs"]:
        field = one["params"].get("field")
        if field is not None and field not in fields:
            yield f"aggregates {field!r}, which its index pattern does not have"
    if state["type"] == "vega":
        yield from _vega(json.loads(state["params"]["spec"]))


def _vega(spec: Json) -> Iterator[str]:
    if "/vega-lite/v5" not in spec.get("$schema", ""):
        yield "its $schema is not Vega-Lite 5, which all versions know"
    url = spec["data"]["url"]
    if not isinstance(url, dict) or not url.get("index"):
        yield "loads its data from elsewhere than an index"
    elif "query" in url["body"]:
        yield "sets a query, which the dashboard's own filters would overwrite"


def _dashboard(each: Json, _: dict[str, set[str]]) -> Iterator[str]:
    names = {one["name"] for one in each["references"]}
    panels = json.loads(each["attributes"]["panelsJSON"])
    for panel in panels:
        if panel["panelRefName"] not in names:
            yield f"its panel {panel['panelRefName']!r} has no reference"
    if len({panel["panelIndex"] for panel in panels}) < len(panels):
        yield "two panels have one panelIndex"


_PARTS = {"index-pattern": _pattern, "visualization": _visualization, "dashboard": _dashboard}


def _names(pattern: Json) -> set[str]:
    try:
        fields: Iterable[Json] = json.loads(pattern["attributes"]["fields"])
        return {field["name"] for field in fields}
    except (KeyError, TypeError, ValueError):
        return set()


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
