"""A panel as a classic table of Dashboards or of Kibana, which send the search themselves."""

import json
from typing import Any, Literal

from mappings.dashboards.panel import Panel
from mappings.dashboards.query import Measure, Split
from mappings.dashboards.sources import SOURCES

Json = dict[str, Any]
Flavour = Literal["opensearch", "kibana"]

_ROWS = 15


def table(panel: Panel) -> Json:
    """Return the `visState` of a table: a row per group, a column per measure."""
    ids = {measure.name: str(number) for number, measure in enumerate(panel.query.measures, 1)}
    measures = [_measure(panel, each, ids[each.name]) for each in panel.query.measures]
    first = len(measures) + 1
    splits = [
        _split(split, str(first + depth), ids) for depth, split in enumerate(panel.query.splits)
    ]
    return {
        "title": panel.title.en,
        "type": "table",
        "aggs": [*measures, *splits],
        "params": {
            "perPage": _ROWS,
            "showPartialRows": False,
            "showMetricsAtAllLevels": False,
            "sort": {"columnIndex": None, "direction": None},
            "showTotal": False,
            "totalFunc": "sum",
            "percentageCol": "",
        },
    }


def kuery(panel: Panel) -> str:
    """Return the conditions of a table, all of them terms, as the query language of both says them."""
    conditions = (pair for clause in panel.query.where for pair in clause["term"].items())
    return " and ".join(f"{field}: {json.dumps(value)}" for field, value in conditions)


def _measure(panel: Panel, measure: Measure, id_: str) -> Json:
    params: Json = {"customLabel": measure.name}
    if measure.what == "latest":
        words = SOURCES[panel.source].fields[measure.field] == "keyword"
        params |= {
            "field": measure.field,
            "aggregate": "concat" if words else "max",
            "size": 1,
            "sortField": panel.query.time,
            "sortOrder": "desc",
        }
    elif measure.what != "count":
        params["field"] = measure.field
    type_ = "top_hits" if measure.what == "latest" else measure.what
    return {"id": id_, "enabled": True, "type": type_, "schema": "metric", "params": params}


def _split(split: Split, id_: str, measures: dict[str, str]) -> Json:
    return {
        "id": id_,
        "enabled": True,
        "type": "terms",
        "schema": "bucket",
        "params": {
            "field": split.field,
            "orderBy": measures.get(split.order, "_key"),
            "order": "asc" if split.rising or not split.order else "desc",
            "size": split.size,
            "otherBucket": False,
            "otherBucketLabel": "Other",
            "missingBucket": False,
            "missingBucketLabel": "Missing",
            "customLabel": split.name,
        },
    }
