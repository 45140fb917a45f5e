"""How far each partition is behind, in records and in seconds."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from ingest.flow.ledger import Ledger
from ingest.flow.status import PartitionStatus
from ingest.flow.watchdog import Watchdog

log = logging.getLogger(__name__)

# Kafka is asked where its partitions end this often, and has so long to answer.
LOOK_EVERY_S = 5.0
_ANSWER_MS = 1_000


@dataclass
class LagReader:
    """Looks at the worker's partitions now and then, from the thread that polls.

    Attributes:
        consumer, ledger: the worker's.
        watchdog: told of every look.
        retried: told of what has to be asked again.
        clock: seconds that never go back.
        now: seconds since the epoch, as Kafka's timestamps are.
    """

    consumer: KafkaConsumer
    ledger: Ledger
    watchdog: Watchdog
    retried: Callable[[str], None] = lambda _: None
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    partitions: Mapping[TopicPartition, PartitionStatus] = field(default_factory=dict)
    _ends: dict[TopicPartition, int] = field(default_factory=dict)
    _looked_at: float = float("-inf")

    def look(self) -> int:
        """Look if it is time to; return how many partitions have stalled since the last look."""
        if self.clock() - self._looked_at < LOOK_EVERY_S:
            return 0
        mine = sorted(self.consumer.assignment())
        self._ends = self._ask(mine)
        self._looked_at = self.clock()
        seen = {place: self._status(place) for place in mine}
        before = {place for place, each in self.partitions.items() if each.stalled}
        stalled = self.watchdog.look(
            {place: (each.done, each.lag or 0) for place, each in seen.items()}, self.clock()
        )
        self.partitions = {
            place: _stalled(each) if place in stalled else each for place, each in seen.items()
        }
        return len(stalled - before)

    def _ask(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        """Return the partitions' ends; the last ones that were heard where Kafka is silent."""
        old = {place: self._ends[place] for place in places if place in self._ends}
        try:
            return old | (
                self.consumer.end_offsets(places, timeout_ms=_ANSWER_MS) if places else {}
            )
        except KafkaError as error:
            self.retried(f"lag: {type(error).__name__}")
            log.debug("ends of partitions not known: %s", error)
            return old

    def _status(self, place: TopicPartition) -> PartitionStatus:
        first, done = self.ledger.first(place), self._done(place)
        end = self._ends.get(place)
        lag = None if done is None or end is None else max(0, end - done)
        return PartitionStatus(done, self.ledger.committed(place), end, lag, self._age(first, lag))

    def _done(self, place: TopicPartition) -> int | None:
        try:
            return self.ledger.done(place)
        except KafkaError:
            return None

    def _age(self, first: tuple[int, int] | None, lag: int | None) -> float | None:
        if lag == 0:
            return 0.0
        # A record may come without a time, which Kafka writes as -1: it says nothing of its age.
        if first is None or first[1] < 0:
            return None
        return max(0.0, self.now() - first[1] / 1000)


def _stalled(each: PartitionStatus) -> PartitionStatus:
    return PartitionStatus(each.done, each.committed, each.end, each.lag, each.lag_s, stalled=True)
