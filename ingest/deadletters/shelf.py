"""The letters that wait, read back from their topics, and taken away once they are resolved."""

from collections.abc import Sequence
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError

from connector import broker
from connector.settings import KafkaSettings
from ingest.deadletters.letter import SUFFIX, Letter

_POLL_MS = 500
# Polls in a row that bring nothing, after which Kafka is taken to be away.
_PATIENCE = 30


def letters_of(settings: KafkaSettings, topics: Sequence[str]) -> list[Letter]:
    """Return the letters of product topics, one for each record, in the order of their places.

    The newest of several letters of one record stands; a resolved one is gone.

    Raises:
        BrokerUnavailableError, StopError: see `connector.broker.faults`.
    """
    kept: dict[bytes, Letter] = {}
    with (
        broker.faults("reading dead letters", settings),
        closing(broker.reader(settings)) as reader,
    ):
        partitions = [
            TopicPartition(topic + SUFFIX, number)
            for topic in topics
            for number in reader.partitions_for_topic(topic + SUFFIX) or ()
        ]
        for key, value in _records(reader, partitions):
            kept.pop(key, None)
            if value is not None:
                kept[key] = Letter.parse(value)
    return sorted(kept.values(), key=lambda each: (each.position.topic, *_place(each)))


def take_away(settings: KafkaSettings, letters: Sequence[Letter]) -> None:
    """Mark letters as resolved; when it returns, Kafka has acknowledged all.

    Raises:
        BrokerUnavailableError, StopError: not all are; those stay on the shelf.
    """
    doing = "resolving dead letters"
    with broker.faults(doing, settings), closing(broker.producer(settings)) as target:
        sent = [
            target.send(letter.position.topic + SUFFIX, key=letter.identity, value=None)
            for letter in letters
        ]
        for future in sent:
            future.get()


def _place(letter: Letter) -> tuple[int, int, int]:
    return letter.position.partition, letter.position.offset, letter.timestamp


def _records(
    reader: KafkaConsumer, partitions: list[TopicPartition]
) -> list[tuple[bytes, bytes | None]]:
    """Return key and value of everything that is there now; compaction leaves gaps."""
    if not partitions:
        return []
    reader.assign(partitions)
    reader.seek_to_beginning(*partitions)
    ends = reader.end_offsets(partitions)
    found: list[tuple[bytes, bytes | None]] = []
    quiet = 0
    while any(reader.position(place) < end for place, end in ends.items()):
        polled = reader.poll(timeout_ms=_POLL_MS).values()
        quiet = 0 if polled else quiet + 1
        if quiet > _PATIENCE:
            raise KafkaTimeoutError("no dead letter came")
        found += [(record.key, record.value) for several in polled for record in several]
    return found
