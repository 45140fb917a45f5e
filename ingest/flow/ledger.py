"""What is in hand of each partition, what is finished, and what Kafka was told of it."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    KafkaError,
    KafkaTimeoutError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
from kafka.structs import OffsetAndMetadata

from ingest.change import Record
from ingest.flow.offsets import Watermarks

log = logging.getLogger(__name__)

# How long one commit may take; the next one carries its offsets, too.
COMMIT_S = 5.0
# How long commits may go unanswered before the worker gives up for now.
SILENCE_S = 60.0

# How often partitions are looked at of which nothing is in hand.
GAPS_EVERY_S = 1.0
# How long Kafka may take to say where the group stands.
_ANSWER_MS = 1_000

# The partitions are being moved; whoever gets them starts at the last commit.
_FENCED = (
    CommitFailedError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)


@dataclass
class Ledger:
    """Commits through one consumer, from the thread that polls it.

    Attributes:
        consumer: the member of the group.
        retried: told of what has to be asked again.
        clock: seconds that never go back.
    """

    consumer: KafkaConsumer
    retried: Callable[[str], None] = lambda _: None
    clock: Callable[[], float] = time.monotonic
    commits: int = 0
    _marks: Watermarks = field(default_factory=Watermarks)
    _committed: dict[TopicPartition, int] = field(default_factory=dict)
    _silent_since: float | None = None
    _looked_at: float = float("-inf")

    def deliver(self, records: Iterable[Record]) -> None:
        """Note records in hand."""
        for record in records:
            place = record.position
            self._marks.delivered(place_of(record), place.offset, record.timestamp)

    def finish(self, records: Sequence[Record]) -> None:
        """Note records that are written, stale or parked."""
        for record in records:
            self._marks.finished(place_of(record), record.position.offset)

    def keep(self, mine: set[TopicPartition]) -> None:
        """Forget partitions that are another worker's now.

        One that stays through a rebalance keeps its position, so it keeps its watermark, too.
        """
        self._marks.keep(mine)
        self._committed = {p: offset for p, offset in self._committed.items() if p in mine}

    def forget(self) -> None:
        """Forget everything: other workers had these partitions, and know better how far they are.

        A commit by what was known before would set theirs back.
        """
        self._marks.keep(())
        self._committed.clear()

    def pass_gaps(self, at_once: bool = False) -> None:
        """Count what is never delivered as finished, of partitions of which nothing is in hand.

        The end of a transaction has an offset, and so has what an aborted one wrote, and what
        compaction left out: a group that does not commit them never comes to a topic's end.
        """
        if not at_once and self.clock() - self._looked_at < GAPS_EVERY_S:
            return
        self._looked_at = self.clock()
        try:
            for place in self.consumer.assignment():
                if self._marks.first(place) is None and (position := self.done(place)) is not None:
                    self._marks.passed(place, position)
        except KafkaError as error:
            self.retried(f"positions: {type(error).__name__}")
            log.debug("positions not known: %s", error)

    def commit(self) -> bool:
        """Tell Kafka what is finished and not told yet; return False when it did not listen.

        Raises:
            KafkaTimeoutError: no answer for `SILENCE_S`.
            KafkaError: Kafka refused.
        """
        news = {p: o for p, o in self._marks.committable().items() if self._committed.get(p) != o}
        if not news:
            return True
        offsets = {place: OffsetAndMetadata(offset, "", -1) for place, offset in news.items()}
        try:
            self.consumer.commit(offsets, timeout_ms=int(COMMIT_S * 1000))
        except _FENCED as error:
            self.retried(f"commit: {type(error).__name__}")
            log.info("not committed yet, the group is moving partitions: %s", error)
            return False
        except KafkaTimeoutError as error:
            self.retried("commit: no answer")
            self._bear(error)
            return False
        self._committed |= news
        self._silent_since = None
        self.commits += 1
        return True

    def go_back(self) -> None:
        """Set each partition back to its first record that is not finished: it will come again."""
        for place in self.consumer.assignment():
            first = self._marks.first(place)
            if first is not None:
                self.consumer.seek(place, first[0])
        self._marks.keep(())

    def first(self, place: TopicPartition) -> tuple[int, int] | None:
        """Return offset and timestamp (ms) of a partition's first unfinished record in hand."""
        return self._marks.first(place)

    def done(self, place: TopicPartition) -> int | None:
        """Return the offset below which a partition of this worker's is finished, if known."""
        first = self._marks.first(place)
        if first is not None:
            return first[0]
        position: int | None = self.consumer.position(place, timeout_ms=_ANSWER_MS)
        return position

    def committed(self, place: TopicPartition) -> int | None:
        """Return what this worker committed last for a partition; None before it did."""
        return self._committed.get(place)

    def _bear(self, error: KafkaTimeoutError) -> None:
        now = self.clock()
        if self._silent_since is None:
            self._silent_since = now
            log.warning("Kafka takes no commits: %s", error)
        if now - self._silent_since > SILENCE_S:
            raise error


def place_of(record: Record) -> TopicPartition:
    """Return the partition that a record came from."""
    return TopicPartition(record.position.topic, record.position.partition)
