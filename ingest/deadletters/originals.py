"""The records that letters are about, where Kafka still has them."""

from collections.abc import Iterable, Sequence
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError

from connector import broker
from connector.settings import KafkaSettings
from ingest.change import Position, Record
from ingest.deadletters.letter import Letter

_POLL_MS = 1000
# Polls in a row that bring nothing, after which Kafka is taken to be away.
_PATIENCE = 15


def originals(settings: KafkaSettings, letters: Sequence[Letter]) -> dict[Position, Record]:
    """Return the records by place; those that retention or compaction removed are missing.

    So is one whose time differs: the topic was made anew, and another record stands there.

    Raises:
        BrokerUnavailableError, StopError: see `connector.broker.faults`.
    """
    wanted: dict[TopicPartition, dict[int, Letter]] = {}
    for letter in letters:
        place = TopicPartition(letter.position.topic, letter.position.partition)
        wanted.setdefault(place, {})[letter.position.offset] = letter
    doing = "reading the records of dead letters"
    with broker.faults(doing, settings), closing(broker.reader(settings)) as reader:
        return {
            record.position: record
            for place, offsets in wanted.items()
            for record in _of_partition(reader, place, offsets)
        }


def _of_partition(
    reader: KafkaConsumer, place: TopicPartition, wanted: dict[int, Letter]
) -> Iterable[Record]:
    if place.partition not in (reader.partitions_for_topic(place.topic) or ()):
        return
    reader.assign([place])
    first, end = reader.beginning_offsets([place])[place], reader.end_offsets([place])[place]
    left = sorted(offset for offset in wanted if first <= offset < end)
    while left:
        reader.seek(place, left[0])
        polled = _poll(reader, place, end)
        for record in polled:
            letter = wanted.get(record.offset)
            if letter is not None and letter.timestamp == record.timestamp:
                yield Record(
                    letter.position,
                    record.key,
                    record.value,
                    record.timestamp,
                    tuple(record.headers or ()),
                )
        left = [offset for offset in left if polled and offset > polled[-1].offset]


def _poll(reader: KafkaConsumer, place: TopicPartition, end: int) -> list:  # type: ignore[type-arg]
    """Return some records from where the reader stands; none where there are none up to `end`."""
    for _ in range(_PATIENCE):
        found = reader.poll(timeout_ms=_POLL_MS).get(place, [])
        if found or reader.position(place) >= end:
            return list(found)
    raise KafkaTimeoutError(f"no record of {place.topic} came")
