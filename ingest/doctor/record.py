"""What the doctor sees as documents of the index `connector-metrics`."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from connector.cluster import faults
from ingest.deadletters.shelf import letters_of
from ingest.doctor.case import Case
from mappings.index import ALIVE

Json = dict[str, Any]

_VALUES = 50


def documents(case: Case, at: str) -> Iterator[Json]:
    """Yield the state of index, models, partitions and dead letters.

    Args:
        case: read when needed, as by the checks.
        at: the present time, ISO 8601.

    Raises:
        ConnectorError: a server is away; what was yielded before is right.
    """
    live = case.live
    common = {"@timestamp": at, "run": at, "index": live.alias, "physical": live.physical}
    counts = _counts(case)
    yield common | {"kind": "index"} | _index(case, counts)
    for kind in ("state", "model"):
        for value, count in counts[kind].items():
            yield common | {"kind": kind, kind: value, "documents": count}
    for place, end in case.end.items():
        where = {"topic": place.topic, "partition": place.partition}
        yield (
            common | {"kind": "partition"} | where | {"lag_records": max(0, end - case.done(place))}
        )
    letters = letters_of(case.settings.kafka, case.topics)
    classes = Counter(each.error_class for each in letters if each.index == live.physical)
    yield common | {"kind": "dead letters", "dead_letters": classes.total()}
    for name, count in classes.items():
        yield common | {"kind": "dead letter class", "error_class": name, "dead_letters": count}


def _counts(case: Case) -> Mapping[str, Json]:
    """Return visible products by state and by model, and when the newest was written."""
    terms = {
        name: {"terms": {"field": f"connector.{name}", "size": _VALUES, "missing": "none"}}
        for name in ("state", "model")
    }
    newest = {"newest": {"max": {"field": "connector.indexed_at"}}}
    answer = case.search({"size": 0, "query": ALIVE, "aggs": terms | newest})
    found = answer["aggregations"]
    counted = {
        name: {bucket["key"]: bucket["doc_count"] for bucket in found[name]["buckets"]}
        for name in terms
    }
    return {**counted, "newest": found["newest"]}


def _index(case: Case, counts: Mapping[str, Json]) -> Json:
    products = case.count(ALIVE)
    vectors = products - counts["model"].get("none", 0)
    newest_ms = counts["newest"]["value"]
    with faults(f"reading the size of {case.live.physical!r}"):
        stats = case.client.indices.stats(index=case.live.physical, metric="store")
    found = {
        "products": products,
        "tombstones": case.count({"match_all": {}}) - products,
        "embedded": vectors,
        "bytes": stats["indices"][case.live.physical]["total"]["store"]["size_in_bytes"],
    }
    if products:
        found["coverage"] = vectors / products
    if newest_ms is not None:
        found["freshness_seconds"] = max(0.0, case.now() - newest_ms / 1000)
    return found
