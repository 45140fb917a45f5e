from contextlib import closing

import pytest
from kafka import TopicPartition

from connector import broker
from connector.errors import RefusedError
from connector.settings import Settings
from ingest.reindex import offsets

pytestmark = pytest.mark.server


def send(settings: Settings, topic: str, count: int) -> None:
    with closing(broker.producer(settings.kafka)) as producer:
        for number in range(count):
            producer.send(topic, key=b"k", value=b"%d" % number, partition=0)
        producer.flush()


def forget(settings: Settings, topic: str, before: int) -> None:
    """Delete the records before an offset, as retention does."""
    with closing(broker.admin(settings.kafka)) as admin:
        admin.delete_records({TopicPartition(topic, 0): before})


def test_a_group_begins_where_another_has_committed(admin: Settings, topic: str) -> None:
    """Not at the topic's end; where that one never committed, at the first record."""
    kafka = admin.kafka
    broker.create_topic(kafka, topic, 2)
    send(admin, topic, 5)
    offsets.set_commits(kafka, f"{topic}-old", {topic: {"0": 3}})
    begin = offsets.committed(kafka, f"{topic}-old", [topic])
    assert begin == {topic: {"0": 3, "1": 0}}
    offsets.set_commits(kafka, f"{topic}-new", begin)
    goal = offsets.ends(kafka, [topic])
    assert offsets.behind(kafka, f"{topic}-new", goal) == 2
    offsets.require_kept(kafka, f"{topic}-new", [topic])


def test_a_commit_beyond_a_topic_s_end_is_nothing_done(admin: Settings, topic: str) -> None:
    """The topic was made anew; its worker reads it from the first record, and is not caught up."""
    kafka = admin.kafka
    broker.create_topic(kafka, topic, 1)
    send(admin, topic, 5)
    offsets.set_commits(kafka, f"{topic}-old", {topic: {"0": 900}})
    assert offsets.behind(kafka, f"{topic}-old", offsets.ends(kafka, [topic])) == 5
    goal = {TopicPartition(topic, 0): 3}
    offsets.set_commits(kafka, f"{topic}-new", {topic: {"0": 5}})
    assert offsets.behind(kafka, f"{topic}-new", goal) == 0


def test_a_log_that_has_forgotten_updates_is_refused(admin: Settings, topic: str) -> None:
    """Neither does it fill an index, nor may a group go on behind what was deleted."""
    kafka = admin.kafka
    broker.create_topic(kafka, topic, 1)
    send(admin, topic, 5)
    offsets.set_commits(kafka, f"{topic}-new", {topic: {"0": 1}})
    assert offsets.beginnings(kafka, [topic]) == {topic: {"0": 0}}
    forget(admin, topic, 4)
    with pytest.raises(RefusedError, match="has forgotten its first records"):
        offsets.beginnings(kafka, [topic])
    with pytest.raises(RefusedError, match=r"begins at 4 by now.*had read up to 1"):
        offsets.require_kept(kafka, f"{topic}-new", [topic])


def test_a_compacted_log_forgets_no_product(admin: Settings, topic: str) -> None:
    """Its first offset says nothing: what is gone was superseded."""
    broker.create_topic(admin.kafka, topic, 1, cleanup_policy="compact")
    send(admin, topic, 3)
    assert offsets.beginnings(admin.kafka, [topic]) == {topic: {"0": 0}}
    assert not offsets._deleting(admin.kafka, [topic])
