"""What a worker tells Prometheus: names, units and labels stand here and nowhere else.

docs/metrics.md explains each; a test holds the two together.
"""

import re
import time
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

# From a worker that keeps pace (tens of milliseconds) to one that catches up after a night.
_WAITS_S = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 43200)


class Metrics:
    """The counts of one worker that are told as they happen. Threads may share it.

    What the worker knows at any moment (records by outcome, lag, queues) is read when Prometheus
    asks; see `ingest.gauges`.

    Attributes:
        registry: where they are kept; every worker has one of its own.

    Args:
        refresh_s: until a write can be found, at most: the index's refresh interval in seconds.
        clock: seconds since the epoch.
    """

    def __init__(self, refresh_s: float = 0.0, clock: Callable[[], float] = time.time) -> None:
        self.registry = registry = CollectorRegistry()
        self._refresh_s, self._clock = refresh_s, clock
        self._searchable = Histogram(
            "connector_ingest_searchable_seconds",
            "From a record's Kafka timestamp until searches see it: its write and a refresh.",
            buckets=_WAITS_S,
            registry=registry,
        )
        self._letters = self._counter(
            "dead_letters", "Records parked because they can never be written.", "error_class"
        )
        self._retries = self._counter(
            "retries", "Items and requests that were tried again.", "reason"
        )
        self._tokens = self._counter("encoder_tokens", "Tokens that the model read.")
        self._padded = self._counter(
            "encoder_padded_tokens", "Tokens that the device computed, padding included."
        )
        self._busy = self._counter("encoder_seconds", "Time in which the model was at work.")
        self._hits = self._counter(
            "text_cache_hits", "Texts whose vectors were known from an earlier batch."
        )
        self._outdated = Gauge(
            "connector_ingest_catalogue_outdated",
            "1 where the index follows another version of the catalogue than this worker.",
            registry=registry,
        )

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"connector_ingest_{name}", what, labels, registry=self.registry)

    def written(self, timestamps_ms: Iterable[int]) -> None:
        """Count how long records waited whose writes were answered now; times as Kafka has them.

        A record without a time, which Kafka writes as -1, is not counted.
        """
        now = self._clock()
        for each in (known for known in timestamps_ms if known >= 0):
            self._searchable.observe(max(0.0, now - each / 1000) + self._refresh_s)

    def parked(self, error_class: str) -> None:
        """Count a dead letter."""
        self._letters.labels(error_class).inc()

    def retried(self, reason: str, items: int = 1) -> None:
        """Count items that are sent again; `reason` is the status with the error's type."""
        self._retries.labels(reason).inc(items)

    def encoded(self, tokens: int, padded: int, seconds: float) -> None:
        """Count one pass of a batch's texts through the model.

        Args:
            tokens: of the texts.
            padded: what the device computed for them, at least `tokens`.
            seconds: that it took.
        """
        self._tokens.inc(tokens)
        self._padded.inc(padded)
        self._busy.inc(seconds)

    def reused(self, texts: int) -> None:
        """Count texts whose vectors were known."""
        self._hits.inc(texts)

    def outdated(self, whether: bool) -> None:
        """Tell whether the index follows another version of the catalogue than the worker."""
        self._outdated.set(whether)


def refresh_s(interval: str) -> float:
    """Return a refresh interval of the catalogue in seconds; 0 where nothing refreshes by itself."""
    if interval == "-1":
        return 0.0
    found = re.fullmatch(r"(\d+)(ms|s|m)", interval)
    assert found is not None  # noqa: S101 - the catalogue takes no other
    return int(found[1]) * {"ms": 0.001, "s": 1.0, "m": 60.0}[found[2]]
