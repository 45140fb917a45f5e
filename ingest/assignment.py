"""Which partitions this worker holds, as the group's rebalances change them."""

from collections.abc import Iterable
from queue import SimpleQueue

from kafka import TopicPartition
from kafka.consumer.subscription_state import ConsumerRebalanceListener


class Rebalances(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """Notes which partitions were taken away, for the worker to read after each poll.

    Kafka calls these methods on its own thread, where neither blocking nor committing is allowed.
    """

    def __init__(self) -> None:
        self._revoked: SimpleQueue[int] = SimpleQueue()

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Note partitions that were given back in order."""
        for partition in revoked:
            self._revoked.put(partition.partition)

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Nothing to do: the first record of a partition starts its watermark."""

    def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        """Note partitions that others hold already; the base class would try to commit them."""
        self.on_partitions_revoked(lost)

    def taken(self) -> list[int]:
        """Return the partitions taken since the last call."""
        return [self._revoked.get() for _ in range(self._revoked.qsize())]
