"""A panel as a Vega-Lite specification: its own search, its answer flattened, one layer of marks.

Nothing that came after Vega-Lite 5.2 is used: Dashboards 2.8 brings 5.6, later ones 5.23 and 6.
"""

from typing import Any

from mappings.dashboards.panel import Panel
from mappings.dashboards.query import TIME, Measure, Query
from mappings.dashboards.sources import PREFIX, SOURCES

Json = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_FORMATS = {"share": ".1%", "bytes": ".3s", "s": ",.0f", "ms": ",.0f", "score": ".3~f", "": ",.3~f"}


def specification(panel: Panel, prefix: str = PREFIX) -> Json:
    """Return the specification of a panel that is no table, see `objects.saved_objects`."""
    source = SOURCES[panel.source]
    url: Json = {"%context%": True, "index": source.pattern(prefix)}
    url["body"] = panel.query.body()
    if source.time:
        url["%timefield%"] = source.time
    return {
        "$schema": SCHEMA,
        "config": {"kibana": {"hideWarnings": True}},
        "data": {"url": url},
        "transform": _transforms(panel.query),
        **_DRAWN[panel.drawn](panel),
    }


def _transforms(query: Query) -> list[Json]:
    """Flatten the answer to one datum per row; an index that is not there gives none."""
    first = query.splits[0].name
    there = f"datum.aggregations ? datum.aggregations.found[{first!r}].buckets : []"
    found: list[Json] = [{"calculate": there, "as": "_0"}]
    found += [
        _as(f"datum.aggregations ? datum.aggregations[{m.name!r}].doc_count : 0", f"_{m.name}")
        for m in query.measures
        if m.what == "per"
    ]
    for depth, split in enumerate(query.splits):
        found.append({"flatten": [f"_{depth}"], "as": [f"b{depth}"]})
        found.append(_as(f"datum.b{depth}.key", split.name))
        if depth + 1 < len(query.splits):
            below = query.splits[depth + 1].name
            found.append(_as(f"datum.b{depth}[{below!r}].buckets", f"_{depth + 1}"))
    last = f"datum.b{len(query.splits) - 1}"
    return [*found, *(_as(_value(measure, last), measure.name) for measure in query.measures)]


def _as(expression: str, name: str) -> Json:
    return {"calculate": expression, "as": name}


def _value(measure: Measure, bucket: str) -> str:
    """Return what `Measure.read` does, as Vega's expression."""
    if measure.what == "count":
        return f"{bucket}.doc_count"
    if measure.what == "per":
        return f"{bucket}.doc_count / datum[{f'_{measure.name}'!r}]"
    if measure.what == "share":
        return f"{bucket}[{measure.name!r}].doc_count / {bucket}.doc_count"
    return f"{bucket}[{measure.name!r}].value"


def _line(panel: Panel) -> Json:
    encoding: Json = {
        "x": {
            "field": TIME,
            "type": "temporal",
            "title": None,
            "axis": {"format": "%b %d %H:%M", "tickCount": 6},
        },
        "y": _figure(panel),
        "tooltip": _tooltip(panel),
    }
    if len(panel.query.splits) > 1:
        encoding["color"] = _group(panel, 1)
    tall: Json = {"scale": {"domain": {"unionWith": [0, _least(panel)]}}}
    line = {"mark": "line", "encoding": {"y": encoding["y"] | tall}}
    points = {"mark": {"type": "point", "filled": True, "size": 45}}
    return {"encoding": encoding, "layer": [line, points]}


def _least(panel: Panel) -> float:
    """Return what the axis of a line reaches at least: one of zeros alone would have no length."""
    return 0.1 if panel.unit == "share" else 1


def _bar(panel: Panel) -> Json:
    encoding = {
        "x": {**_group(panel, 0), "axis": {"labelAngle": 0}, "sort": None},
        "y": _figure(panel),
        "tooltip": _tooltip(panel),
    }
    return {"mark": "bar", "encoding": encoding}


def _ranked(panel: Panel) -> Json:
    figure = _figure(panel)
    encoding = {
        "y": {**_group(panel, 0), "sort": None, "axis": {"labelLimit": 240}},
        "x": figure | {"axis": figure["axis"] | {"tickCount": 6}},
        "tooltip": _tooltip(panel),
    }
    if len(panel.query.splits) > 1:
        encoding["color"] = _group(panel, 1)
    return {"mark": "bar", "encoding": encoding}


def _heat(panel: Panel) -> Json:
    value = panel.query.measures[0].name
    place = {
        "x": {**_group(panel, 1), "axis": {"labelAngle": 0}},
        "y": {**_group(panel, 0), "axis": {"labelLimit": 240}},
    }
    colour = {
        "field": value,
        "type": "quantitative",
        "scale": {"scheme": "teals", "domain": [0, 1]},
    }
    text = {"field": value, "type": "quantitative", "format": ".2f"}
    strong = {"test": f"datum[{value!r}] > 0.75", "value": "white"}
    return {
        "encoding": place,
        "layer": [
            {"mark": "rect", "encoding": {"color": colour, "tooltip": _tooltip(panel)}},
            {
                "mark": "text",
                "encoding": {"text": text, "color": {"condition": strong, "value": "#1a2029"}},
            },
        ],
    }


def _dots(panel: Panel) -> Json:
    across, up = panel.query.measures[:2]
    scale = {"domain": [0, 1]}
    axes = {
        axis: {
            "field": measure.name,
            "type": "quantitative",
            "scale": scale,
            "title": measure.name,
        }
        for axis, measure in (("x", across), ("y", up))
    }
    even: Json = {
        "data": {"values": [{"from": 0, "to": 0}, {"from": 1, "to": 1}]},
        "mark": {"type": "line", "color": "#98a2b3", "strokeDash": [4, 4]},
        "encoding": {
            "x": {"field": "from", "type": "quantitative", "title": across.name},
            "y": {"field": "to", "type": "quantitative", "title": up.name},
        },
    }
    dots = {
        "mark": {"type": "point", "filled": True, "opacity": 0.6, "size": 60},
        "encoding": {**axes, "tooltip": _tooltip(panel)},
    }
    return {"layer": [dots, even]}


def _figure(panel: Panel) -> Json:
    name = panel.query.measures[0].name
    axis = {"format": _FORMATS[panel.unit]}
    return {"field": name, "type": "quantitative", "axis": axis}


def _group(panel: Panel, depth: int) -> Json:
    return {"field": panel.query.splits[depth].name, "type": "nominal", "title": None}


def _tooltip(panel: Panel) -> list[Json]:
    keys: list[Json] = [
        {"field": TIME, "type": "temporal", "format": "%Y-%m-%d %H:%M"}
        if split.name == TIME
        else {"field": split.name, "type": "nominal"}
        for split in panel.query.splits
    ]
    return keys + [
        {"field": each.name, "type": "quantitative", "format": _FORMATS[each.unit]}
        for each in panel.query.measures
    ]


_DRAWN = {
    "line": _line,
    "bar": _bar,
    "stack": _ranked,
    "ranked": _ranked,
    "heat": _heat,
    "dots": _dots,
}
