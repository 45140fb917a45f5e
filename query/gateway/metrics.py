"""What the gateway tells Prometheus: names, units and labels stand here and nowhere else."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from query.gateway.indices import Indices

# Where processes that share a socket keep their counts; the library reads it when it is imported.
SHARED = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_PREFIX = "connector_gateway_"


class Metrics:
    """The counts of one gateway.

    Attributes:
        registry: where they are kept.
        requests: answered, by call and status.
        seconds: until an answer began, by call.
        searches: by who ranked them: `hybrid`, `pass`, `shadow`, or `lexical` after a fault.
        unrecognised: searches that were left to the cluster, by reason.
        fallbacks: rankings that were begun and given up, by reason.
        stages: of a ranking.
        index_seconds: of rankings, by the role of the index: `live`, or `canary` before a switch.
        index_hits: hits that they showed, likewise.
        canary_fallbacks: searches that a canary's index did not answer, by reason.
        overlap: of the hybrid's page with the cluster's own, in shadow.
        behaviour: documents of what shoppers see and do: `written`, `dropped`, `refused`.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = self._counter("requests", "Requests answered.", "call", "status")
        self.seconds = self._seconds("seconds", "From a request until its answer began.", "call")
        self.searches = self._counter("searches", "Searches by who ranked them.", "by")
        self.unrecognised = self._counter(
            "unrecognised", "Searches left to the cluster, by reason.", "reason"
        )
        self.fallbacks = self._counter(
            "fallbacks", "Rankings given up for the cluster's own, by reason.", "reason"
        )
        self.stages = self._seconds("stage_seconds", "Stages of a ranking.", "stage")
        self.index_seconds = self._seconds(
            "index_seconds", "From a search until its ranking, by the role of the index.", "role"
        )
        self.index_hits = self._counter("index_hits", "Hits shown, by role.", "role")
        self.canary_fallbacks = self._counter(
            "canary_fallbacks",
            "Searches that the canary's index did not answer, by reason.",
            "reason",
        )
        self.overlap = Histogram(
            f"{_PREFIX}shadow_overlap",
            "Share of a page that the hybrid and the cluster's own ranking have in common.",
            buckets=_SHARES,
            registry=self.registry,
        )
        self.behaviour = self._counter(
            "behaviour",
            "Documents of what shoppers see and do, by what became of them.",
            "outcome",
        )
        for outcome in ("written", "dropped", "refused"):
            # An alert on an increase needs the count before the first.
            self.behaviour.labels(outcome)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(_PREFIX + name, what, labels, registry=self.registry)

    def _seconds(self, name: str, what: str, label: str) -> Histogram:
        return Histogram(_PREFIX + name, what, (label,), buckets=_SECONDS, registry=self.registry)

    def recorded(self, outcome: str, number: int) -> None:
        """Count documents of behaviour."""
        self.behaviour.labels(outcome).inc(number)

    def text(self) -> bytes:
        """Return all counts as Prometheus reads them, of all processes that share the socket."""
        if SHARED not in os.environ:
            return generate_latest(self.registry)
        every = CollectorRegistry()
        MultiProcessCollector(every)  # type: ignore[no-untyped-call]
        return generate_latest(every)


class Vectors(Collector):
    """How many query vectors were known already, read from the open indices when asked.

    Args:
        indices: that the gateway ranks.
    """

    def __init__(self, indices: "Indices") -> None:
        self._indices = indices

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield the one family."""
        readers = [one.searcher.reader for one in self._indices.opened()]
        vectors = [one.encoder.vectors for one in readers]
        # A text that is remembered whole asks for no vector.
        whole = sum(one.prepared.hits for one in readers)
        family = CounterMetricFamily(
            f"{_PREFIX}vectors", "Query vectors, remembered or computed.", labels=("cache",)
        )
        family.add_metric(["hit"], whole + sum(one.hits for one in vectors))
        family.add_metric(["miss"], sum(one.misses for one in vectors))
        yield family
