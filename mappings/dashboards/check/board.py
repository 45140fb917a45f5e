"""Dashboards: panels that lie on the grid, with references, and the time they open with."""

import itertools
import json
from collections.abc import Iterator

from mappings.dashboards.check.known import Json, number
from mappings.dashboards.check.pattern import Pattern

_COLUMNS = 48
_PANEL = frozenset(
    ["version", "gridData", "panelIndex", "embeddableConfig", "panelRefName", "title"]
)
# The browser takes panels of these versions for older ones, and stretches their grid.
_STRETCHED = ((6, 1), (6, 2), (6, 3))


def faults(each: Json, _: dict[str, Pattern]) -> Iterator[str]:
    """Yield what is wrong with a dashboard."""
    own = each["attributes"]
    panels = json.loads(own["panelsJSON"])
    names = {one["name"] for one in each["references"]}
    for panel in panels:
        yield from _panel(panel, names)
    if len({panel["panelIndex"] for panel in panels}) < len(panels):
        yield "two panels have one panelIndex"
    for one, other in itertools.combinations(panels, 2):
        if _overlap(one["gridData"], other["gridData"]):
            yield f"panels {one['panelIndex']!r} and {other['panelIndex']!r} lie on one another"
    yield from _time(own)


def _panel(panel: Json, names: set[str]) -> Iterator[str]:
    index, grid = panel["panelIndex"], panel["gridData"]
    if panel["panelRefName"] not in names:
        yield f"its panel {panel['panelRefName']!r} has no reference"
    if unknown := panel.keys() - _PANEL:
        yield f"its panel {index!r} has unknown keys {', '.join(sorted(unknown))}"
    if not isinstance(index, str) or grid["i"] != index:
        yield f"the panelIndex {index!r} is not a text, or not the one of its gridData"
    if grid["x"] + grid["w"] > _COLUMNS:
        yield f"its panel {index!r} is beyond the {_COLUMNS} columns"
    if not isinstance(panel["embeddableConfig"], dict):
        yield f"the embeddableConfig of panel {index!r} is no object"
    if "version" not in panel or number(panel["version"])[:2] in _STRETCHED:
        yield f"panel {index!r} has the version {panel.get('version')!r}: its grid would be changed"


def _overlap(one: Json, other: Json) -> bool:
    return all(
        one[at] < other[at] + other[size] and other[at] < one[at] + one[size]
        for at, size in (("x", "w"), ("y", "h"))
    )


def _time(own: Json) -> Iterator[str]:
    if own.get("timeRestore") and not (own.get("timeFrom") and own.get("timeTo")):
        yield "restores a time and names none"
    if {"timeFrom", "timeTo"} & own.keys() and not own.get("timeRestore"):
        yield "names a time and does not restore it"
