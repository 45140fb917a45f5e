"""When a worker has caught up: all that was in its topics when it started is finished."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kafka import KafkaConsumer, TopicPartition


@dataclass
class Goal:
    """End offsets noted at the start, by partition; a partition is dropped once it is passed.

    Attributes:
        ends: offset one past the last record, of partitions not yet passed.
        total: records between the group's commits and the ends.
        beyond: partitions of which the group has committed an offset that Kafka does not have:
            they are read again from their first record.
    """

    ends: dict[TopicPartition, int] = field(default_factory=dict)
    total: int = 0
    beyond: frozenset[TopicPartition] = frozenset()

    @classmethod
    def note(cls, consumer: KafkaConsumer, topics: Iterable[str]) -> "Goal":
        """Note where the topics end now."""
        partitions = [
            TopicPartition(topic, number)
            for topic in topics
            for number in consumer.partitions_for_topic(topic) or ()
        ]
        first, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
        committed = {p: consumer.committed(p) for p in partitions}
        beyond = frozenset(p for p, offset in committed.items() if (offset or 0) > ends[p])
        # Also where nothing is left of what was not read: that it is gone has to be seen.
        start = {
            p: first[p] if offset is None or p in beyond else offset
            for p, offset in committed.items()
        }
        return cls(
            {p: end for p, end in ends.items() if start[p] < end or p in beyond},
            sum(max(0, end - max(start[p], first[p])) for p, end in ends.items()),
            beyond,
        )

    def pass_at(self, offsets: Mapping[TopicPartition, int | None]) -> bool:
        """Drop the partitions whose finished offset is at their end; return whether none is left.

        Args:
            offsets: below which every record is finished; None where that is not known.
        """
        for partition, offset in offsets.items():
            if offset is not None and partition in self.ends and offset >= self.ends[partition]:
                del self.ends[partition]
        return not self.ends
