import time
from contextlib import closing

import pytest

from connector import broker
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
