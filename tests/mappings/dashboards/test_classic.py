"""Tables asked as Dashboards asks them, and read as it reads the answer.

From `src/plugins/data/common/search/aggs` of 2.8 and 3.3: `agg_configs.ts` nests buckets and puts
metrics into the innermost, `buckets/terms.ts` and `metrics/top_hit.ts` say what each one writes.
"""

import json
import re
from typing import Any

import pytest
from opensearchpy import OpenSearch

from mappings.dashboards.boards import BOARDS, PANELS
from mappings.dashboards.objects import saved_objects
from mappings.dashboards.panel import Panel
from mappings.dashboards.sources import SOURCES

Json = dict[str, Any]

TABLES = [panel for panel in PANELS if panel.drawn == "table"]
SINCE = {panel.id: board.since for board in BOARDS for panel in board.panels}
OBJECTS = {(each["type"], each["id"]): each["attributes"] for each in saved_objects()}


def terms(params: Json, metrics: dict[str, Json]) -> Json:
    """`terms.ts`: the order is by a metric's id, by the count where the metric is one."""
    by = params["orderBy"]
    if by in metrics and metrics[by]["type"] == "count":
        by = "_count"
    return {
        "terms": {"field": params["field"], "size": params["size"], "order": {by: params["order"]}}
    }


def top_hits(params: Json) -> Json:
    """`top_hit.ts`: the field as a value of the document and, as the pattern has it, of the index."""
    return {
        "top_hits": {
            "docvalue_fields": [{"field": params["field"]}],
            "_source": params["field"],
            "size": params["size"],
            "sort": [{params["sortField"]: {"order": params["sortOrder"]}}],
        }
    }


def asked(aggs: list[Json]) -> Json:
    """`agg_configs.ts`: buckets within buckets, metrics in the last; a count writes nothing."""
    metrics = {one["id"]: one for one in aggs if one["schema"] == "metric"}
    inner: Json = {}
    for id_, one in metrics.items():
        if one["type"] == "top_hits":
            inner[id_] = top_hits(one["params"])
        elif one["type"] != "count":
            inner[id_] = {one["type"]: {"field": one["params"]["field"]}}
    for one in reversed([one for one in aggs if one["schema"] == "bucket"]):
        inner = {one["id"]: terms(one["params"], metrics) | ({"aggs": inner} if inner else {})}
    return inner


def conditions(query: Json) -> Json:
    """The query language of both: quoted values are phrases, joined by `and`."""
    assert query["language"] == "kuery"
    pairs = re.findall(r'([\w.]+): ("(?:[^"\\]|\\.)*")', query["query"])
    assert " and ".join(f"{field}: {value}" for field, value in pairs) == query["query"]
    return {"bool": {"filter": [{"match_phrase": {f: json.loads(v)}} for f, v in pairs]}}


def flat(source: Json, above: str = "") -> Json:
    """`flatten_hit.ts`: fields by their paths."""
    found: Json = {}
    for name, value in source.items():
        found |= (
            flat(value, f"{above}{name}.") if isinstance(value, dict) else {above + name: value}
        )
    return found


def cell(one: Json, bucket: Json) -> Any:
    """What a column shows of a bucket: `getValue` of its aggregation."""
    if one["schema"] == "bucket":
        return bucket["key"]
    if one["type"] == "count":
        return bucket["doc_count"]
    found = bucket[one["id"]]
    if one["type"] != "top_hits":
        return found["value"]
    path = one["params"]["field"]
    (hit,) = found["hits"]["hits"]
    (stored,) = hit.get("fields", {}).get(path, [None])
    # The same as the document's: where they differ Dashboards would show two.
    assert flat(hit["_source"]).get(path) == pytest.approx(stored)
    return stored


def shown(client: OpenSearch, panel: Panel, suffix: str) -> list[Json]:
    """Return a table's rows by the titles of its columns."""
    attributes = OBJECTS["visualization", panel.id]
    aggs = json.loads(attributes["visState"])["aggs"]
    search = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
    source = SOURCES[panel.source]
    within = {"range": {source.time: {"gte": SINCE[panel.id], "lte": "now"}}}
    body = {
        "size": 0,
        "stored_fields": ["*"],
        "_source": {"excludes": []},
        "docvalue_fields": [{"field": source.time, "format": "date_time"}],
        "query": {"bool": {"must": [], "filter": [conditions(search["query"]), within]}},
        "aggs": asked(aggs),
    }
    answer = client.search(index=source.pattern().replace("*", suffix), body=body)
    (split,) = (one for one in aggs if one["schema"] == "bucket")
    buckets = answer["aggregations"][split["id"]]["buckets"]
    return [{one["params"]["customLabel"]: cell(one, each) for one in aggs} for each in buckets]


@pytest.mark.parametrize("panel", TABLES, ids=lambda panel: panel.id)
def test_a_table_gets_what_its_own_search_finds(
    panel: Panel, client: OpenSearch, suffix: str
) -> None:
    """The request that Dashboards writes for it finds the very rows that the report shows."""
    found = shown(client, panel, suffix)
    index = SOURCES[panel.source].pattern().replace("*", suffix)
    ours = panel.query.rows(client.search(index=index, body=panel.query.body()))
    assert found
    columns = [split.name for split in panel.query.splits]
    columns += [measure.name for measure in panel.query.measures]
    assert {*found[0]} == {*columns}

    def known(rows: list[Json]) -> list[list[Any]]:
        return sorted([[row[name] for name in columns] for row in rows], key=str)

    assert known(found) == known(ours)
    for name in columns:
        assert any(row[name] is not None for row in found), name
