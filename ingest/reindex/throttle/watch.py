"""How the nodes do: differences of what they have counted since they started."""

import logging
import re
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from opensearchpy import OpenSearch

from connector.cluster import faults
from connector.errors import ClusterRefusedError, IndexMissingError
from ingest.reindex.throttle.decide import Seen

log = logging.getLogger(__name__)

# The reindex's own searches say that they are its own, so that they are not taken for live ones.
GROUP = "connector-reindex"
# Looks whose times make the p95.
_LOOKS = 20
# Fewer searches than this since the index was made say nothing about what is usual.
_USUAL_FROM = 100
_NODES = "thread_pool,jvm,fs"
_DEFAULT_HIGH = "90%"
_HIGH = "cluster.routing.allocation.disk.watermark.high"
_UNITS = {"b": 1, "kb": 2**10, "mb": 2**20, "gb": 2**30, "tb": 2**40, "pb": 2**50}

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Counted:
    """What a cluster had counted at some moment.

    Attributes:
        at: seconds, monotonic.
        rejected: of the search and write queues of all nodes.
        searches: of the live index, in its shards, the reindex's own left out.
        search_ms: that they took, together.
    """

    at: float
    rejected: int
    searches: int
    search_ms: float


class Watch:
    """Looks at a cluster again and again.

    OpenSearch counts searches and their time, and keeps no percentiles: the p95 is that of the
    mean times between two looks, over the last 20 looks. What its user may not see is not watched,
    and said once.

    Args:
        client: OpenSearch.
        index: that searches reach while the other is filled.
        carried: documents that the run has carried so far.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        client: OpenSearch,
        index: str,
        carried: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._index, self._carried, self._clock = client, index, carried, clock
        self._means: deque[float] = deque(maxlen=_LOOKS)
        self._unseen: set[str] = set()
        self._last, _ = self._count()
        self._done = carried()
        many = self._last.searches >= _USUAL_FROM
        self._usual = self._last.search_ms / self._last.searches if many else None

    def look(self) -> Seen:
        """Return what happened since the last look.

        Raises:
            ClusterUnavailableError: see `connector.cluster.faults`.
        """
        now, nodes = self._count()
        before, self._last = self._last, now
        done, self._done = self._done, self._carried()
        searches = now.searches - before.searches
        if searches > 0:
            self._means.append((now.search_ms - before.search_ms) / searches)
        high = self._watermark() if nodes else _DEFAULT_HIGH
        heaps = [node["jvm"]["mem"]["heap_used_percent"] for node in nodes]
        return Seen(
            rejected=max(0, now.rejected - before.rejected),
            search_ms=float(np.percentile(self._means, 95)) if self._means else None,
            usual_ms=self._usual,
            disk=max((fullness(node["fs"]["total"], high) for node in nodes), default=0.0),
            heap=max(heaps, default=0) / 100,
            carried=(self._done - done) / max(now.at - before.at, 1e-6),
        )

    def _count(self) -> tuple[Counted, Sequence[Json]]:
        stats = self._asked(
            "rejections, heaps and disks", lambda: self._client.nodes.stats(metric=_NODES)
        )
        nodes = list(stats.get("nodes", {}).values())
        found = self._asked("the time of live searches", self._searches)
        search = found["_all"]["total"]["search"] if found else {}
        rejected = sum(
            node["thread_pool"][pool]["rejected"] for node in nodes for pool in ("search", "write")
        )
        ours = search.get("groups", {}).get(GROUP, {})
        searches = search.get("query_total", 0) - ours.get("query_total", 0)
        return Counted(self._clock(), rejected, searches, _ms(search) - _ms(ours)), nodes

    def _searches(self) -> Any:
        params = {"groups": GROUP}
        return self._client.indices.stats(index=self._index, metric="search", params=params)

    def _watermark(self) -> str:
        params = {"include_defaults": "true", "flat_settings": "true"}
        found = self._asked(
            "the disk watermark", lambda: self._client.cluster.get_settings(params=params)
        )
        for part in ("transient", "persistent", "defaults"):
            if _HIGH in found.get(part, {}):
                return str(found[part][_HIGH])
        return _DEFAULT_HIGH

    def _asked(self, what: str, ask: Callable[[], Any]) -> Json:
        """Return an answer; nothing where this user may not have it, or nobody can search."""
        try:
            with faults(f"watching {what}"):
                found: Json = ask()
        except IndexMissingError:
            return {}
        except ClusterRefusedError as error:
            if what not in self._unseen:
                self._unseen.add(what)
                log.warning(
                    "%s; carrying goes on without regard to %s: give the user the role "
                    "connector_reindexer, or set a --rate",
                    error,
                    what,
                )
            return {}
        return found


def fullness(disk: Json, watermark: str) -> float:
    """Return how full a disk is against the watermark, 1 where it is reached.

    Args:
        disk: `total_in_bytes` and `available_in_bytes`.
        watermark: as the cluster has it: a share that may be used, `90%` or `0.9`, or bytes that
            must stay free, `50gb`.
    """
    total, free = disk["total_in_bytes"], disk["available_in_bytes"]
    size = re.fullmatch(r"([\d.]+)\s*([kmgtp]?b)", watermark.lower())
    if size:
        allowed = total - float(size[1]) * _UNITS[size[2]]
    else:
        share = float(watermark.rstrip("%"))
        allowed = total * (share / 100 if watermark.endswith("%") else share)
    return float((total - free) / allowed) if allowed > 0 else 1.0


def _ms(search: Json) -> float:
    """Both phases: the fetch of a page is part of what a client waits for."""
    return float(search.get("query_time_in_millis", 0) + search.get("fetch_time_in_millis", 0))
