"""Data such as the demo leaves behind, in indices of their own that the dashboards' patterns find."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from opensearchpy import OpenSearch

from mappings.dashboards.sources import EVENTS, QUERIES, REINDEX, SOURCES
from mappings.history.fields import METRICS, RELEVANCE
from mappings.history.store import stamp

Json = dict[str, Any]

# A board opens with the days up to now.
_NOW = datetime.now(UTC) - timedelta(minutes=5)
_SYSTEMS = ("bm25", "hybrid")


@contextmanager
def figures(client: OpenSearch) -> Iterator[str]:
    """Yield what the indices' names end with; they are dropped afterwards."""
    suffix = f"-t-{uuid4().hex[:8]}"
    making = {
        RELEVANCE: relevance,
        METRICS: metrics,
        QUERIES: queries,
        EVENTS: events,
        REINDEX: slices,
    }
    try:
        for name, make in making.items():
            properties = {
                field: {"type": stored}
                for field, stored in SOURCES[name].fields.items()
                if not field.endswith(".keyword")
            }
            if "user_query" in properties:
                properties["user_query"]["fields"] = {"keyword": {"type": "keyword"}}  # type: ignore[assignment]
            body = {"mappings": {"properties": properties}}
            client.indices.create(index=name + suffix, body=body)
            lines = itertools.chain.from_iterable(({"index": {}}, each) for each in make())
            done = client.bulk(body=list(lines), index=name + suffix, params={"refresh": "true"})
            assert not done["errors"], done["items"][0]
        yield suffix
    finally:
        for name in making:
            client.indices.delete(index=name + suffix, params={"ignore_unavailable": "true"})


def relevance() -> Iterator[Json]:
    """Two evaluations of two systems on four queries in two slices."""
    yield {
        "@timestamp": stamp(_NOW),
        "kind": "experiment",
        "experiment": "newer",
        "verdict": "treatment",
        "shoppers": 1200,
        "difference": 0.04,
        "difference_low": 0.01,
        "difference_high": 0.07,
    }
    for day, system in itertools.product((9, 2), _SYSTEMS):
        at, better = stamp(_NOW - timedelta(days=day)), 0.1 * (system == "hybrid")
        own = {"@timestamp": at, "run": at, "index": "shop", "system": system, "baseline": "bm25"}
        whole = {"low": 0.6, "high": 0.9, "mrr": 0.8, "recall_100": 0.9, "wins": 2, "losses": 1}
        yield own | whole | {"kind": "system", "ndcg_10": 0.7 + better, "difference": better}
        for slice_ in ("1 word", "2 words"):
            yield own | {"kind": "slice", "slice": slice_, "ndcg_10": 0.6 + better}
        for number in range(4):
            change = (number - 1) * better
            yield own | {
                "kind": "query",
                "label": f"<b>query</b> {number}",
                "ndcg_10": 0.5 + change,
                "baseline_ndcg_10": 0.5,
                "difference": change,
                "hits": 10 * number,
                "best_score": 0.2 * number,
            }


def metrics() -> Iterator[Json]:
    """An index, its partitions, models and dead letters, and a worker, seen twice."""
    for hour in (5, 1):
        at = stamp(_NOW - timedelta(hours=hour))
        own = {"@timestamp": at, "run": at, "index": "shop", "physical": "shop-v1"}
        yield own | {
            "kind": "index",
            "products": 264,
            "embedded": 260,
            "tombstones": 3,
            "coverage": 260 / 264,
            "freshness_seconds": 40.0 * hour,
            "bytes": 1_228_185,
        }
        yield own | {"kind": "model", "model": "96ac9895402d", "documents": 260}
        yield own | {"kind": "partition", "topic": "shop", "partition": 0, "lag_records": 7 * hour}
        yield own | {"kind": "dead letters", "dead_letters": hour}
        yield own | {
            "kind": "worker",
            "skip_ratio": 0.6,
            "busy_ratio": 0.4,
            "tokens_per_second": 12_000.0,
            "device": "cuda",
        }


def queries() -> Iterator[Json]:
    """Searches of two weeks, some without a result."""
    for number in range(40):
        yield {
            "timestamp": stamp(_NOW - timedelta(hours=8 * number)),
            "query_id": f"q{number}",
            "user_query": f"{number % 7:032x}",
            "query_attributes": {
                "system": _SYSTEMS[number % 2],
                "variant": ("control", "treatment")[number % 2],
                "total": number % 5,
                "took_ms": 10.0 + number,
                "top_score": 0.1 * (number % 9),
            },
        }


def events() -> Iterator[Json]:
    """Clicks, the more the higher."""
    for number in range(30):
        place = 1 + (number % 5) * (number % 3)
        yield {
            "timestamp": stamp(_NOW - timedelta(hours=8 * number)),
            "query_id": f"q{number}",
            "action_name": "purchase" if number % 10 == 0 else "click",
            "event_attributes": {"position": {"ordinal": place}},
        }


def slices() -> Iterator[Json]:
    """A reindex that is halfway."""
    for number, state in enumerate(("done", "done", "claimed", "open")):
        one = {"kind": "slice", "run": "shop-v2", "number": number, "state": state}
        yield one | {"documents": 5_000}
