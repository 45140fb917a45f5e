"""A worker's figures as documents of the index `connector-metrics`, now and then and at its end."""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from opensearchpy import OpenSearch

from connector.encoder.device import device_of
from connector.errors import ConnectorError
from connector.settings import Settings
from ingest.beside import repeated
from ingest.gauges import Watched
from ingest.metrics import Metrics
from ingest.target import Target
from mappings.history import fields, store

Json = dict[str, Any]

log = logging.getLogger(__name__)

_COUNTS = ("records", "embedded", "unchanged", "stale", "deleted", "failed")
# Of these only the first two need a vector.
_CHANGES = ("embedded", "failed", "unchanged", "stale", "deleted")


@contextmanager
def keeping(
    settings: Settings, client: OpenSearch, target: Target, worker: Watched, metrics: Metrics
) -> Iterator[None]:
    """Write the worker's figures every `ingest.history_s` while the block lasts, and once after it.

    History that cannot be written is said in the log and keeps nobody waiting, the end neither.
    """
    every = settings.ingest.history_s
    if not every:
        yield
        return
    common = {"index": target.catalogue.name, "physical": target.index}
    snapshots = Snapshots(worker, metrics, settings.encoder.device, common)
    keep = partial(_write, client, snapshots)
    with repeated("history", every, keep, last=keep):
        yield


@dataclass
class Snapshots:
    """What a worker has done, seen again and again.

    Attributes:
        worker, metrics: that are looked at.
        device: as the settings name it.
        common: fields of every document.
        clock: seconds that never go back.
    """

    worker: Watched
    metrics: Metrics
    device: str
    common: Json
    clock: Callable[[], float] = time.monotonic
    _name: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    _busy_s: float = 0.0
    _looked_at: float | None = None

    def __post_init__(self) -> None:
        self._looked_at = self.clock()

    def documents(self, at: str) -> list[Json]:
        """Return the worker's figures and its partitions' lag."""
        common = {**self.common, "@timestamp": at, "run": at, "worker": self._name}
        found = [common | {"kind": "worker"} | self._worker()]
        for place, each in self.worker.status().partitions.items():
            lags = {"lag_records": each.lag, "lag_seconds": each.lag_s}
            where = {"topic": place.topic, "partition": place.partition}
            known = {name: value for name, value in lags.items() if value is not None}
            found.append(common | {"kind": "partition"} | where | known)
        return found

    def _worker(self) -> Json:
        tally = dict(self.worker.tally)
        changes = sum(tally.get(name, 0) for name in _CHANGES)
        found: Json = {name: tally.get(name, 0) for name in _COUNTS}
        found["dead_letters"] = tally.get("dead_letters", 0)
        if changes:
            needed = tally.get("embedded", 0) + tally.get("failed", 0)
            found["skip_ratio"] = 1 - needed / changes
        return found | self._model()

    def _model(self) -> Json:
        now, busy_s = self.clock(), self._sample("encoder_seconds_total")
        passed = now - (self._looked_at or now)
        found: Json = {"busy_ratio": min(1.0, (busy_s - self._busy_s) / passed) if passed else 0.0}
        if busy_s:
            found["tokens_per_second"] = self._sample("encoder_tokens_total") / busy_s
            found["device"] = device_of(self.device)
        self._looked_at, self._busy_s = now, busy_s
        return found

    def _sample(self, name: str) -> float:
        return self.metrics.registry.get_sample_value(f"connector_ingest_{name}") or 0.0


def _write(client: OpenSearch, snapshots: Snapshots) -> None:
    try:
        store.record(client, fields.METRICS, snapshots.documents(store.stamp()))
    except ConnectorError as error:
        log.warning("figures not kept: %s", error)
