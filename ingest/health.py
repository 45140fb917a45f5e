"""Whether a worker is alive, and whether it does its work: what probes ask."""

from dataclasses import dataclass

from connector.broker import MAX_POLL_INTERVAL_MS
from ingest.flow.status import WorkerStatus

# A worker that has not polled for so long is out of its group and only a restart helps.
DEAD_AFTER_S = MAX_POLL_INTERVAL_MS / 1000
# Kafka is polled every few seconds (`ingest.flow.worker.POLL_EVERY_S`), whatever a batch takes.
LATE_AFTER_S = 30.0


@dataclass(frozen=True, slots=True)
class Health:
    """What a probe is told; `reason` is for people, empty when all is well."""

    well: bool
    reason: str = ""


def alive(status: WorkerStatus, started_at: float, now: float) -> Health:
    """Decide whether the process should be left alone; if not, a restart is the only help.

    OpenSearch or Kafka being away is no reason: a restart mends neither.

    Args:
        status: of the worker.
        started_at: when it was made, in seconds of `time.monotonic`, as is `now`.
        now: the present.
    """
    silent_s = now - (started_at if status.polled_at is None else status.polled_at)
    if silent_s > DEAD_AFTER_S:
        return Health(False, f"Kafka was not polled for {silent_s:.0f} s")
    return Health(True)


def ready(status: WorkerStatus, now: float) -> Health:
    """Decide whether the worker does what it is there for; see `alive` for the times."""
    if status.polled_at is None:
        return Health(False, "starting: Kafka was not polled yet")
    if status.stopping:
        return Health(False, "stopping")
    silent_s = now - status.polled_at
    if silent_s > LATE_AFTER_S:
        return Health(False, f"Kafka was not polled for {silent_s:.0f} s")
    if status.stalled:
        places = ", ".join(f"{place.topic}/{place.partition}" for place in status.stalled)
        return Health(False, f"standing still with lag: {places}")
    return Health(True)
