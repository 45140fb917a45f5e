"""Whether the documents can be found: one model's vectors on all of them."""

from collections.abc import Iterator
from typing import Any

from ingest.doctor.case import Case
from ingest.doctor.finding import Finding
from mappings.index import ALIVE

# Above this share of deleted products the k nearest are still found, but disk and merges pay.
_MANY_TOMBSTONES = 0.3


def mixed_models(case: Case) -> Iterator[Finding]:
    """Every vector was made by the model that queries are embedded with."""
    want = case.live.model["fingerprint"]
    alive = {"bool": {"filter": [ALIVE, {"exists": {"field": "connector.model"}}]}}
    answer = case.search(
        {
            "size": 0,
            "query": alive,
            "aggs": {"models": {"terms": {"field": "connector.model", "size": 20}}},
        }
    )
    models = {b["key"]: b["doc_count"] for b in answer["aggregations"]["models"]["buckets"]}
    others = {name: count for name, count in models.items() if name != want}
    if others:
        listed = ", ".join(f"{count:,} by {name}" for name, count in others.items())
        yield Finding(
            "mixed-models",
            "wrong",
            f"{sum(others.values()):,} products of {case.live.physical!r} have vectors of another "
            f"model than the index's {want}: {listed}; their distances mean nothing",
            "build it again from its topics with `connector reindex start --from log`",
        )


def lexical_only(case: Case) -> Iterator[Finding]:
    """No product waits for its vectors."""
    failed = case.count(_all_of(ALIVE, {"term": {"connector.state": "failed"}}))
    if failed:
        yield Finding(
            "lexical-only",
            "risk",
            f"{failed:,} products of {case.live.physical!r} have no vectors, because the model "
            "failed on them; they are found by their words alone",
            "an idle worker tries again every minute; where the number stays, the worker's log "
            "says what fails",
        )


def tombstones(case: Case) -> Iterator[Finding]:
    """Deleted products are few."""
    every, dead = case.count({"match_all": {}}), case.count({"term": {"connector.deleted": True}})
    if every and dead / every > _MANY_TOMBSTONES:
        yield Finding(
            "tombstones",
            "note",
            f"{dead:,} of {every:,} documents of {case.live.physical!r} are tombstones, or wait for "
            "their product",
            "nothing is wrong; `connector purge` removes old ones",
        )


def _all_of(*clauses: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"filter": list(clauses)}}
