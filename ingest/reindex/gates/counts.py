"""Gate `counts`: as many products of each state in the new index as in the old one."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.cluster import faults
from mappings.gate import Crossing, Verdict

NAME = "counts"
# Under traffic two readings rarely meet at once; each waits for another second's writes.
TRIES = 5
_PAUSE_S = 1.0


@dataclass(frozen=True)
class Counts:
    """Documents of an index.

    Attributes:
        alive: that a search finds.
        deleted: tombstones.
        pending: of another stream, whose product has not come yet.
        failed: those alive that have no vectors because the model failed on them.
        writes: that the index took since it was created, on its primaries.
    """

    alive: int = 0
    deleted: int = 0
    pending: int = 0
    failed: int = 0
    writes: int = 0


def gate(crossing: Crossing, sleep: Callable[[float], None] = time.sleep) -> Verdict:
    """Count both, until they agree as far as two readings of an index under traffic can.

    A reading of the new index stands between two of the old one. They may differ by the writes
    that the old one took from the first to the second; without writes, by nothing. More products
    without vectors than before are a fault, fewer are not. After a replay of the log tombstones
    may be missing: Kafka itself drops them.
    """
    for number in range(TRIES):
        before = read(crossing, crossing.old.physical)
        there = read(crossing, crossing.new.physical)
        after = read(crossing, crossing.old.physical)
        apart = differences(before, after, there, crossing.source == "log")
        if not apart:
            break
        if number < TRIES - 1:
            sleep(_PAUSE_S)
    return _verdict(crossing, after, there, apart)


def differences(before: Counts, after: Counts, there: Counts, replayed: bool) -> dict[str, int]:
    """Return by state how many documents too many or too few the new index has.

    Args:
        before: the old index, then
        after: the same, after
        there: the new one was read.
        replayed: whether it was filled from the log.
    """
    drift = after.writes - before.writes
    found = {}
    for name in ("alive", "deleted", "pending", "failed"):
        have = getattr(there, name)
        ends = sorted((getattr(before, name), getattr(after, name)))
        low, high = ends[0] - drift, ends[1] + drift
        if have > high:
            found[name] = have - high
        elif have < low and name != "failed" and not (name == "deleted" and replayed):
            found[name] = have - low
    return found


def read(crossing: Crossing, index: str) -> Counts:
    """Count the documents of an index, every write so far included."""
    body = {
        "size": 0,
        "track_total_hits": False,
        "aggs": {"states": {"terms": {"field": "connector.state", "size": 100}}},
    }
    with faults(f"counting the documents of {index!r}"):
        crossing.client.indices.refresh(index=index)
        answer = crossing.client.search(index=index, body=body)
        stats = crossing.client.indices.stats(index=index, metric="indexing")
    writes = stats["_all"]["primaries"]["indexing"]["index_total"]
    return _counts(answer["aggregations"]["states"]["buckets"], writes)


def _counts(buckets: list[Mapping[str, Any]], writes: int) -> Counts:
    states = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
    deleted, pending = states.pop("deleted", 0), states.pop("pending", 0)
    return Counts(sum(states.values()), deleted, pending, states.get("failed", 0), writes)


def _verdict(crossing: Crossing, old: Counts, new: Counts, apart: Mapping[str, int]) -> Verdict:
    figures = {
        name: f"{getattr(new, name):,} ({getattr(old, name):,})"
        for name in ("alive", "deleted", "pending", "failed")
    }
    told = ", ".join(f"{name} {number:+,}" for name, number in apart.items())
    if not apart:
        return Verdict(NAME, passed=True, figures=figures)
    return Verdict(
        NAME,
        passed=False,
        figures=figures,
        reason=f"{crossing.new.physical} differs from {crossing.old.physical} by more than the "
        f"writes of the moment: {told}; `connector reindex status` tells which slices are done and "
        "how far the new index's worker is behind, `connector doctor` why embeddings failed",
    )
