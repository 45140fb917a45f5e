import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import kafka.codec
import pytest
from kafka import KafkaConsumer, TopicPartition
from kit.hands import await_true

from connector import broker
from connector.errors import StopError
from connector.settings import Settings

pytestmark = pytest.mark.server


def test_a_join_that_outlasts_a_poll_is_not_forgotten(writer: Settings, topic: str) -> None:
    """Polls too short for the group's answer still end with every partition readable."""
    broker.create_topic(writer.kafka, topic, 2)
    with closing(broker.producer(writer.kafka)) as producer:
        for partition in (0, 1):
            producer.send(topic, value=b"x", partition=partition).get()
    with closing(broker.consumer(writer.kafka, f"{topic}-v1")) as consumer:
        consumer.subscribe([topic])
        patience = time.monotonic() + 240
        read: set[int] = set()
        while len(read) < 2 and time.monotonic() < patience:
            read |= {place.partition for place in consumer.poll(timeout_ms=0)}
        assert read == {0, 1}


def test_a_topic_is_created_once(writer: Settings, topic: str) -> None:
    """Whoever comes second finds it there."""
    assert broker.create_topic(writer.kafka, topic, 2)
    assert not broker.create_topic(writer.kafka, topic, 2)


class NoText(str):
    """A header's name as a client writes it that takes bytes for it."""

    __slots__ = ()

    def encode(self, *_: str) -> bytes:
        """Return what is no UTF-8."""
        return b"\xff\xfe" + str.encode(self, "utf-16-le")


@pytest.mark.parametrize("packed", [None, "gzip"])
def test_a_header_whose_name_is_no_text_holds_nobody_up(
    writer: Settings, topic: str, packed: str | None
) -> None:
    """Its record is read, and so are its neighbours, whole."""
    broker.create_topic(writer.kafka, topic)
    headers = [(NoText("v"), b"1"), ("v", b"\xff\xfe2"), ("w", b"")]
    with closing(broker.producer(writer.kafka, linger_ms=200, compression_type=packed)) as producer:
        for number in range(3):
            mine = headers if number == 1 else [("v", b"0")]
            producer.send(topic, key=b"\xff", value=b"\xff\xfe", headers=mine)
    with closing(broker.reader(writer.kafka)) as reader:
        place = TopicPartition(topic, 0)
        reader.assign([place])
        reader.seek_to_beginning(place)
        found: list[Any] = []
        await_true(lambda: len(found.extend(reader.poll(200).get(place, [])) or found) == 3)
    assert [(each.key, each.value) for each in found] == [(b"\xff", b"\xff\xfe")] * 3
    assert [name for name, _ in found[1].headers] == ["\ufffd\ufffdv\0", "v", "w"]
    assert [value for _, value in found[1].headers] == [b"1", b"\xff\xfe2", b""]


@pytest.mark.parametrize("codec", ["gzip", "lz4", "snappy", "zstd"])
def test_records_are_read_however_they_are_packed(writer: Settings, topic: str, codec: str) -> None:
    """The broker packs them, as a producer of another language would."""
    value = bytes(range(256)) * 400
    with packed(writer, topic, codec, value) as reader:
        found: list[Any] = []
        await_true(lambda: bool(found.extend(*reader.poll(200).values()) or found))
    assert [each.value for each in found] == [value]


def test_records_that_nothing_unpacks_stop_and_name_what_does(
    writer: Settings, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not as if Kafka were away: waiting would not help."""
    monkeypatch.setattr(kafka.codec, "has_zstd", lambda: False)
    with (
        packed(writer, topic, "zstd", b"x" * 1000) as reader,
        pytest.raises(StopError, match=r"zstd.*pip install"),
        broker.faults("reading", writer.kafka),
    ):
        await_true(lambda: bool(reader.poll(200)))


@contextmanager
def packed(writer: Settings, topic: str, codec: str, value: bytes) -> Iterator[KafkaConsumer]:
    """Give a reader of a topic with one record that the broker packed."""
    broker.create_topic(writer.kafka, topic, compression_type=codec)
    with closing(broker.producer(writer.kafka)) as producer:
        producer.send(topic, value=value).get()
    with closing(broker.reader(writer.kafka)) as reader:
        place = TopicPartition(topic, 0)
        reader.assign([place])
        reader.seek_to_beginning(place)
        yield reader
