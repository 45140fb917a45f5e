"""Topics that are written by transactions: what was aborted never was, and their ends are passed."""

from contextlib import closing
from typing import Any

import pytest
from kafka import KafkaProducer
from kit.hands import await_true
from plugins.ingest_shop import Shop

from connector import broker
from ingest.reindex import offsets

pytestmark = pytest.mark.server


def write(producer: KafkaProducer, shop: Shop, title: str, *, commit: bool) -> None:
    """Write one product in a transaction of its own."""
    value = b'{"id": "1", "v": %d, "title": "%s"}' % (len(title), title.encode())
    producer.begin_transaction()
    producer.send(shop.topic, key=b"1", value=value, partition=0).get()
    producer.commit_transaction() if commit else producer.abort_transaction()


def end(shop: Shop) -> int:
    return sum(offsets.ends(shop.settings.kafka, [shop.topic]).values())


def behind(shop: Shop) -> int:
    goal = offsets.ends(shop.settings.kafka, [shop.topic])
    return offsets.behind(shop.settings.kafka, shop.index, goal)


def test_a_group_comes_to_the_end_of_a_topic_of_transactions(shop: Shop, admin: Any) -> None:
    """Where the last offsets are no records; a reindex would wait for them, and a fleet never end."""
    more = {"transactional_id": shop.topic}
    with closing(broker.producer(admin.kafka, **more)) as producer:
        producer.init_transactions()
        write(producer, shop, "red shoe", commit=True)
        write(producer, shop, "a red shoe that was never sold", commit=False)
        # Kafka writes the ends of transactions when it comes to it: two records, two ends.
        await_true(lambda: end(shop) == 4)
    summary = shop.ingest()
    assert (summary["records"], summary["embedded"]) == (1, 1)
    assert shop.documents()["1"]["title"] == "red shoe"
    assert behind(shop) == 0
    assert shop.ingest()["records"] == 0
