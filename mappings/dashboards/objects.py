"""Panels and boards as saved objects: what OpenSearch Dashboards and Kibana import.

Both read the formats of Kibana 7.10, from which one was forked: index patterns of 7.6.0,
visualizations of 7.10.0, dashboards of 7.9.3. They part in the version of a panel's state: Kibana
would take a Dashboards number for an older one than it knows, and migrate it.
"""

import json
from collections.abc import Iterator
from typing import Any

from mappings.dashboards.boards import BOARDS, PANELS
from mappings.dashboards.check.known import MIGRATIONS
from mappings.dashboards.classic import Flavour, kuery, table
from mappings.dashboards.panel import Board, Panel
from mappings.dashboards.sources import PREFIX, SOURCES, Source, kind_of
from mappings.dashboards.vega import specification

Json = dict[str, Any]

PANEL_VERSION: dict[Flavour, str] = {"opensearch": "2.8.0", "kibana": "7.10.0"}
# The grid of a dashboard.
_COLUMNS, _HEIGHT = 48, 14
_FORMATS = {"share": "percent", "bytes": "bytes"}
_INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"
_META = (
    ("_id", "string", "_id"),
    ("_index", "string", "_index"),
    ("_score", "number", None),
    ("_source", "_source", "_source"),
    ("_type", "string", None),
)


def saved_objects(flavour: Flavour = "opensearch", prefix: str = PREFIX) -> list[Json]:
    """Return every object, those first that others refer to.

    Args:
        flavour: who reads them.
        prefix: that begins the names of the indices of behaviour.
    """
    used = dict.fromkeys(panel.source for panel in PANELS)
    return [
        *(index_pattern(SOURCES[name], prefix) for name in used),
        *(visualization(panel, prefix) for panel in PANELS),
        *(dashboard(board, flavour) for board in BOARDS),
    ]


def ndjson(objects: list[Json]) -> str:
    """Return the objects as the file that an export makes."""
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in objects)


def pattern_id(source: Source) -> str:
    """Return the id of a source's index pattern, which no prefix changes."""
    words = source.pattern().replace("*", "").replace(",", "-").replace("_", "-")
    return words if words.startswith("connector-") else f"connector-{words}"


def index_pattern(source: Source, prefix: str) -> Json:
    """Return an index pattern that knows its fields: without them its first page shows errors."""
    attributes = {"title": source.pattern(prefix), "fields": json.dumps(list(_fields(source)))}
    if formats := _formats(source):
        attributes["fieldFormatMap"] = json.dumps(formats)
    if source.time:
        attributes["timeFieldName"] = source.time
    return _object("index-pattern", pattern_id(source), attributes, [])


def _fields(source: Source) -> Iterator[Json]:
    for name, stored in source.fields.items():
        yield _field(name, kind_of(stored), [stored], listed=stored != "text")
    for name, kind, stored_as in _META:
        yield _field(name, kind, [stored_as] if stored_as else [], listed=False) | {
            "readFromDocValues": False,
            "searchable": stored_as in {"_id", "_index"},
            "aggregatable": stored_as in {"_id", "_index"},
        }


def _formats(source: Source) -> Json:
    """Return how figures are written, by field: as the panels that show them say."""
    measures = [measure for panel in PANELS for measure in panel.query.measures]
    units = {measure.field: measure.unit for measure in measures if measure.unit in _FORMATS}
    return {name: {"id": _FORMATS[unit]} for name, unit in units.items() if name in source.fields}


def _field(name: str, kind: str, stored: list[str], *, listed: bool) -> Json:
    return {
        "count": 0,
        "name": name,
        "type": kind,
        "esTypes": stored,
        "scripted": False,
        "searchable": True,
        "aggregatable": listed,
        "readFromDocValues": listed,
    }


def visualization(panel: Panel, prefix: str) -> Json:
    """Return a panel's object: a classic table, or a Vega-Lite specification."""
    if panel.drawn == "table":
        state = table(panel)
        search = {"query": {"query": kuery(panel), "language": "kuery"}, "filter": []}
        search["indexRefName"] = _INDEX
        source = {"id": pattern_id(SOURCES[panel.source]), "name": _INDEX, "type": "index-pattern"}
        references = [source]
    else:
        spec = json.dumps(specification(panel, prefix), ensure_ascii=False, indent=2)
        state = {"title": panel.title.en, "type": "vega", "aggs": [], "params": {"spec": spec}}
        search = {"query": {"query": "", "language": "kuery"}, "filter": []}
        references = []
    attributes = {
        "title": panel.title.en,
        "description": panel.note.en,
        "visState": json.dumps(state, ensure_ascii=False),
        "uiStateJSON": "{}",
        "version": 1,
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(search)},
    }
    return _object("visualization", panel.id, attributes, references)


def dashboard(board: Board, flavour: Flavour) -> Json:
    """Return a board's object: its panels two in a row, wide ones alone."""
    panels = [
        {
            "version": PANEL_VERSION[flavour],
            "gridData": place | {"i": str(number)},
            "panelIndex": str(number),
            "embeddableConfig": {},
            "panelRefName": f"panel_{number}",
        }
        for number, place in enumerate(_places(board))
    ]
    search = {"query": {"query": "", "language": "kuery"}, "filter": []}
    attributes = {
        "title": f"Connector: {board.title.en}",
        "description": "",
        "hits": 0,
        "panelsJSON": json.dumps(panels),
        "optionsJSON": json.dumps({"useMargins": True, "hidePanelTitles": False}),
        "version": 1,
        "timeRestore": True,
        "timeFrom": board.since,
        "timeTo": "now",
        "refreshInterval": {"pause": True, "value": 0},
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(search)},
    }
    references = [
        {"id": panel.id, "name": f"panel_{number}", "type": "visualization"}
        for number, panel in enumerate(board.panels)
    ]
    return _object("dashboard", board.id, attributes, references)


def _places(board: Board) -> Iterator[Json]:
    across = down = 0
    for panel in board.panels:
        width = _COLUMNS if panel.wide else _COLUMNS // 2
        if across + width > _COLUMNS:
            across, down = 0, down + _HEIGHT
        yield {"x": across, "y": down, "w": width, "h": _HEIGHT}
        across += width


def _object(type_: str, id_: str, attributes: Json, references: list[Json]) -> Json:
    return {
        "id": id_,
        "type": type_,
        "attributes": attributes,
        "references": references,
        "migrationVersion": {type_: MIGRATIONS[type_]},
    }
