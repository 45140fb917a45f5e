"""What a worker tells Prometheus: names, units and labels stand here and nowhere else.

docs/metrics.md explains each; a test holds the two together.
"""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram

# From a worker that keeps pace (tens of milliseconds) to one that catches up after a night.
_WAITS_S = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 43200)


class Metrics:
    """The counts of one worker that are told as they happen. Threads may share it.

    What the worker knows at any moment (records by outcome, lag, queues) is read when Prometheus
    asks; see `ingest.metrics_view`.

    Args:
        registry: where they are kept; one a worker.
        refresh_s: until a write can be found, at most: the index's refresh interval in seconds.
    """

    def __init__(self, registry: CollectorRegistry, refresh_s: float = 0.0) -> None:
        self.registry = registry
        self._refresh_s = refresh_s
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
        self._truncated = self._counter(
            "truncated_texts", "Texts that are longer than the model's window."
        )
        self._commits = self._counter("commits", "Commits of offsets that Kafka took.")

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"connector_ingest_{name}", what, labels, registry=self.registry)

    def written(self, timestamps_ms: Iterable[int], now_s: float) -> None:
        """Count how long records waited.

        Args:
            timestamps_ms: of the written records, as Kafka has them.
            now_s: when the writes were answered, seconds since the epoch.
        """
        for each in timestamps_ms:
            self._searchable.observe(max(0.0, now_s - each / 1000) + self._refresh_s)

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

    def read(self, cached: int, truncated: int) -> None:
        """Count texts whose vectors were known, and texts that the model sees cut."""
        self._hits.inc(cached)
        self._truncated.inc(truncated)

    def committed(self) -> None:
        """Count a commit that Kafka took."""
        self._commits.inc()
