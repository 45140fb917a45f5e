"""Commits on a real group that takes a worker for dead and gives its partition back to it."""

import time
from contextlib import closing

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import MemberToRemove
from kafka.structs import OffsetAndMetadata

from connector import broker
from connector.settings import Settings
from ingest.change import Position, Record
from ingest.flow.ledger import Ledger

pytestmark = pytest.mark.server


def records(topic: str, *offsets: int) -> list[Record]:
    return [Record(Position(topic, 0, offset), b"1", b"{}", 0) for offset in offsets]


def poll_until_assigned(consumer: KafkaConsumer) -> None:
    patience = time.monotonic() + 240
    while not consumer.assignment():
        consumer.poll(timeout_ms=100)
        assert time.monotonic() < patience


def remove(settings: Settings, group: str) -> None:
    with closing(broker.admin(settings.kafka)) as admin:
        [found] = admin.describe_groups([group]).values()
        members = [MemberToRemove(member_id=one["member_id"]) for one in found["members"]]
        admin.remove_group_members(group, members)


def test_a_worker_that_was_taken_for_dead_never_sets_a_commit_back(
    writer: Settings, topic: str
) -> None:
    """What it had in hand is finished late; the one that had the partition meanwhile is further."""
    group, place = f"{topic}-v1", TopicPartition(topic, 0)
    broker.create_topic(writer.kafka, topic, 1)
    with closing(broker.consumer(writer.kafka, group)) as consumer:
        losses, ledger = broker.Losses(), Ledger(consumer)
        consumer.subscribe([topic], listener=losses)
        poll_until_assigned(consumer)
        assert not losses.take()
        ledger.deliver(records(topic, 0, 1, 2))
        remove(writer, group)
        with closing(broker.consumer(writer.kafka, group)) as other:
            other.subscribe([topic])
            poll_until_assigned(other)
            other.commit({place: OffsetAndMetadata(10, "", -1)})
        patience = time.monotonic() + 240
        lost = False
        while not (lost and consumer.assignment()):
            consumer.poll(timeout_ms=100)
            if losses.take():
                lost = True
                ledger.forget()
            assert time.monotonic() < patience
        ledger.finish(records(topic, 0, 1, 2))
        assert ledger.commit()
        assert consumer.committed(place) == 10
