"""How a worker is doing, as others may see it at any moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kafka import TopicPartition

from ingest.flow.pipeline import Load


@dataclass(frozen=True, slots=True)
class PartitionStatus:
    """One partition of this worker's.

    Attributes:
        done: the offset below which every record is finished; None until that is known.
        committed: the offset that Kafka was last told; None where nothing was committed yet.
        end: one past the last record, as Kafka last said; None until it did.
        lag: records between `done` and `end`.
        lag_s: age in seconds of the oldest record that is not finished; 0 without lag; None
            where no such record was read yet, or where it has no time.
        stalled: whether there is lag and nothing has moved for `ingest.stall_s`.
    """

    done: int | None = None
    committed: int | None = None
    end: int | None = None
    lag: int | None = None
    lag_s: float | None = None
    stalled: bool = False


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One worker at one moment.

    Attributes:
        partitions: those that are the worker's now, some seconds old at most.
        stages: what each stage holds: `plan`, `embed`, `write`.
        polled_at: when Kafka was last polled, in seconds of `time.monotonic`; None before.
        commits: how many times Kafka took offsets.
        stopping: whether the worker was asked to stop.
    """

    partitions: Mapping[TopicPartition, PartitionStatus] = field(default_factory=dict)
    stages: Mapping[str, Load] = field(default_factory=dict)
    polled_at: float | None = None
    commits: int = 0
    stopping: bool = False

    @property
    def queue_bytes(self) -> int:
        """Memory of all batches in hand, estimated."""
        return sum(load.bytes for load in self.stages.values())

    @property
    def stalled(self) -> list[TopicPartition]:
        """Partitions that have lag and do not move."""
        return sorted(place for place, each in self.partitions.items() if each.stalled)
