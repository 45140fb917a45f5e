"""Which offsets may be committed: the low watermark below which every record is finished."""

from collections import deque
from collections.abc import Container
from dataclasses import dataclass, field

from kafka import TopicPartition


@dataclass
class _Partition:
    """Offsets in hand with their timestamps, oldest first, and which of them are unfinished."""

    waiting: deque[tuple[int, int]] = field(default_factory=deque)
    unfinished: set[int] = field(default_factory=set)
    last: int = -1
    watermark: int | None = None

    def settle(self) -> None:
        while self.waiting and self.waiting[0][0] not in self.unfinished:
            self.watermark = self.waiting.popleft()[0] + 1


class Watermarks:
    """The low watermark of each partition of each topic.

    Records are delivered in order and finished in any order; offsets may have gaps (compaction,
    transactions). Finishing is a fact about a record, not about who asked for it: an offset
    that is delivered again after a rebalance may be finished by the first delivery's work.
    """

    def __init__(self) -> None:
        self._partitions: dict[TopicPartition, _Partition] = {}

    def delivered(self, partition: TopicPartition, offset: int, timestamp: int = 0) -> None:
        """Note a record in hand. A delivery that goes back starts the partition anew from there.

        Args:
            partition: of which topic and partition.
            offset: the record's.
            timestamp: the record's, in milliseconds since the epoch; -1 where it has none.
        """
        held = self._partitions.get(partition)
        if held is None or offset <= held.last:
            held = self._partitions[partition] = _Partition()
        held.last = offset
        held.waiting.append((offset, timestamp))
        held.unfinished.add(offset)

    def finished(self, partition: TopicPartition, offset: int) -> None:
        """Note that a record is written, dead-lettered or stale; one not in hand is ignored."""
        held = self._partitions.get(partition)
        if held is not None:
            held.unfinished.discard(offset)
            held.settle()

    def passed(self, partition: TopicPartition, offset: int) -> None:
        """Note that nothing below an offset will be delivered any more, of a partition at rest."""
        held = self._partitions.setdefault(partition, _Partition())
        if not held.waiting and offset > (held.watermark or 0):
            held.watermark = offset

    def keep(self, partitions: Container[TopicPartition]) -> None:
        """Forget all others: a rebalance gave them to another worker."""
        for partition in [p for p in self._partitions if p not in partitions]:
            del self._partitions[partition]

    def first(self, partition: TopicPartition) -> tuple[int, int] | None:
        """Return offset and timestamp of the first unfinished record in hand; None without any."""
        held = self._partitions.get(partition)
        return held.waiting[0] if held is not None and held.waiting else None

    def committable(self) -> dict[TopicPartition, int]:
        """Return by partition the offset to commit: one past the last below which all is done."""
        return {
            partition: held.watermark
            for partition, held in self._partitions.items()
            if held.watermark is not None
        }
