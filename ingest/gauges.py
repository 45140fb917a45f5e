"""What Prometheus reads from a worker at the moment it asks: lag, queues, and the worker's tally."""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from ingest.flow.status import PartitionStatus, WorkerStatus

# What became of a record, as the tally counts it; dead letters have a counter with their class.
OUTCOMES = ("embedded", "unchanged", "stale", "deleted", "ignored", "failed", "mended")
# Other counts of the tally, by the name that Prometheus knows them under.
COUNTS = {
    "records": ("records", "Records of finished batches."),
    "encoder_texts": ("encoder_texts", "Texts that the model embedded."),
    "truncated": ("truncated_texts", "Texts longer than the model's window."),
    "removed": (
        "removed_records",
        "Offsets that Kafka removed before they were read, at most so many records.",
    ),
    "rebalances": ("rebalances", "Times that the group moved partitions under the worker."),
    "stalls": ("stalls", "Times that a partition with lag was found standing still."),
}
# Of each partition: the gauge's name, its help, and its value where that is known.
PARTITION: dict[str, tuple[str, Callable[[PartitionStatus], float | None]]] = {
    "lag_records": ("Records that are not finished.", lambda each: each.lag),
    "lag_seconds": ("Age of the oldest record that is not finished.", lambda each: each.lag_s),
    "position_offset": ("Offset below which all is finished.", lambda each: each.done),
    "committed_offset": ("Offset that Kafka was told last.", lambda each: each.committed),
    "stalled": ("1 where there is lag and nothing moves.", lambda each: float(each.stalled)),
}

_PREFIX = "connector_ingest_"


class Watched(Protocol):
    """What is read of `ingest.flow.worker.Worker`."""

    @property
    def tally(self) -> Mapping[str, int]:
        """The counts so far."""

    def status(self) -> WorkerStatus:
        """Return how the worker is doing; any thread may ask."""


class Gauges:
    """A collector for the registry of a worker's metrics."""

    def __init__(self, worker: Watched) -> None:
        self._worker = worker

    def describe(self) -> list[Metric]:
        """Return nothing: the registry need not know the names before."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield everything as it is now."""
        status = self._worker.status()
        yield from _counts(dict(self._worker.tally), status.commits)
        yield from _partitions(status)
        yield from _stages(status)


def _counts(tally: Mapping[str, int], commits: int) -> Iterator[Metric]:
    outcomes = CounterMetricFamily(
        f"{_PREFIX}changes", "Changes by what became of them.", labels=["outcome"]
    )
    for name in OUTCOMES:
        outcomes.add_metric([name], tally.get(name, 0))
    yield outcomes
    for name, (metric, what) in COUNTS.items():
        yield CounterMetricFamily(_PREFIX + metric, what, value=tally.get(name, 0))
    yield CounterMetricFamily(f"{_PREFIX}commits", "Commits that Kafka took.", value=commits)


def _partitions(status: WorkerStatus) -> Iterator[Metric]:
    for name, (what, value_of) in PARTITION.items():
        gauge = GaugeMetricFamily(_PREFIX + name, what, labels=["topic", "partition"])
        for place, each in sorted(status.partitions.items()):
            value = value_of(each)
            if value is not None:
                gauge.add_metric([place.topic, str(place.partition)], value)
        yield gauge


def _stages(status: WorkerStatus) -> Iterator[Metric]:
    held = GaugeMetricFamily(
        f"{_PREFIX}queue_bytes", "Memory of the batches in hand, estimated.", labels=["stage"]
    )
    batches = GaugeMetricFamily(f"{_PREFIX}queue_batches", "Batches in hand.", labels=["stage"])
    for stage, load in status.stages.items():
        held.add_metric([stage], load.bytes)
        batches.add_metric([stage], load.batches)
    yield held
    yield batches
