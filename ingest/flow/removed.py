"""Records that Kafka removed before they were read are missed aloud: a dead letter stands for them."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError

from connector.broker import Jumps
from ingest.change import Position, Record
from ingest.deadletters.letter import DeadLetter
from ingest.flow.ledger import place_of
from ingest.flow.tally import Tally

log = logging.getLogger(__name__)

REMOVED = "RemovedUnread"
_ANSWER_MS = 10_000


@dataclass
class Removals:
    """Looks, after each poll, whether the client has jumped over records that are gone.

    The worker goes on: what is gone is gone, what is left orders itself by its versions, and a
    worker that stood still would only have more of it removed.

    Attributes:
        consumer: the worker's.
        park: keeps dead letters; returns when all are acknowledged.
        tally: the worker's counts.
        again: asked, before it is, whether a partition may be read again from its first record.
    """

    consumer: KafkaConsumer
    park: Callable[[Sequence[DeadLetter]], None]
    tally: Tally
    again: Callable[[TopicPartition], None] = lambda _: None
    _jumps: Jumps = field(init=False)

    def __post_init__(self) -> None:
        self._jumps = Jumps(self.consumer)

    def look(self, records: Sequence[Record]) -> None:
        """Park a letter for each gap, before anything beyond it can be committed.

        Args:
            records: just polled.

        Raises:
            KafkaError: where a partition goes on is not known.
            ConnectorError: a letter cannot be parked.
            RefusedError: what `again` raises.
        """
        mine = self.consumer.assignment()
        jumps = {place: was for place, was in self._jumps.take().items() if place in mine}
        firsts = self.consumer.beginning_offsets(list(jumps)) if jumps else {}
        for place, was in jumps.items():
            # Kafka may have removed more since; compaction may have left the first records out.
            on = min(firsts[place], self._went_on(place, records))
            if was < on:
                self._miss(place, was, on)
            else:
                self.again(place)
                _say_more_than_there_is(place, was)

    def _went_on(self, place: TopicPartition, records: Sequence[Record]) -> int:
        offsets = (each.position.offset for each in records if place_of(each) == place)
        on: int | None = next(offsets, None)
        if on is None:
            on = self.consumer.position(place, timeout_ms=_ANSWER_MS)
        if on is None:
            raise KafkaTimeoutError(f"where partition {place.partition} of {place.topic} goes on")
        return on

    def _miss(self, place: TopicPartition, was: int, on: int) -> None:
        reason = (
            f"Kafka removed the records at offsets {was} to {on - 1} before they were read "
            f"({on - was:,} at most); send the products of that time again, or compare the index "
            "with their source; keep records for longer than a worker may be away"
        )
        log.error("partition %d of %s: %s", place.partition, place.topic, reason)
        record = Record(Position(place.topic, place.partition, was), None, None, 0)
        self.park([DeadLetter(record, REMOVED, reason)])
        self.tally["removed"] += on - was
        self.tally["dead_letters"] += 1


def _say_more_than_there_is(place: TopicPartition, was: int) -> None:
    log.error(
        "partition %d of %s: was read up to offset %d, and Kafka has no such offset: the topic was "
        "made anew, or a broker lost records; it is read again from its first record",
        place.partition,
        place.topic,
        was,
    )
