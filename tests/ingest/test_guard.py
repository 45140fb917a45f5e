from collections.abc import Collection

import pytest
from kafka import TopicPartition

from connector.errors import BrokerUnavailableError, RefusedError
from ingest.change import Position, Record
from ingest.generation import Generation, Topic
from ingest.guard import EVERY_S, Guard

HERE = [TopicPartition("products", 0)]


class Kafka:
    """A topic that can be exchanged, a clock that can be moved, and how often anybody looked."""

    def __init__(self) -> None:
        self.topic, self.now, self.looks, self.away = Topic("a", 1), 0.0, 0, False

    def look(self, names: Collection[str]) -> dict[str, Topic]:
        """Return the topic, whatever its name."""
        self.looks += 1
        if self.away:
            raise BrokerUnavailableError("away")
        return dict.fromkeys(names, self.topic)

    def guard(self) -> Guard:
        """Return a guard of the first topic."""
        return Guard({"products": Generation(0, "a", 1)}, self.look, lambda: self.now)


def records(*offsets: int) -> list[Record]:
    return [Record(Position("products", 0, offset), b"1", b"{}", 0) for offset in offsets]


def test_without_guarded_topics_nobody_looks() -> None:
    """A guard of nothing costs nothing."""
    guard = Guard()
    guard.check(HERE, records(5))
    guard.check([], records(1))


def test_it_looks_at_a_new_assignment_and_then_now_and_then() -> None:
    """Not at every poll."""
    kafka = Kafka()
    guard = kafka.guard()
    for offset in range(10):
        guard.check(HERE, records(offset))
    assert kafka.looks == 1
    kafka.now = EVERY_S
    guard.check(HERE, [])
    assert kafka.looks == 2


def test_a_kafka_that_is_silent_for_a_moment_ends_nobody() -> None:
    """Unless there is a reason to look: what nobody can vouch for is not taken."""
    kafka = Kafka()
    guard = kafka.guard()
    guard.check(HERE, records(7))
    kafka.now, kafka.away = EVERY_S, True
    guard.check(HERE, [])
    guard.check(HERE, [])
    assert kafka.looks == 2
    with pytest.raises(BrokerUnavailableError):
        guard.check(HERE, records(7))


def test_offsets_that_go_back_are_looked_into_before_they_are_taken() -> None:
    """A topic made anew under a running worker is noticed by its first record."""
    kafka = Kafka()
    guard = kafka.guard()
    guard.check(HERE, records(7, 8))
    kafka.topic = Topic("b", 1)
    guard.check(HERE, records(9))
    with pytest.raises(RefusedError, match="made anew"):
        guard.check(HERE, records(0))


def test_added_partitions_are_noticed_with_the_assignment() -> None:
    """Before a record of theirs is taken."""
    kafka = Kafka()
    guard = kafka.guard()
    guard.check(HERE, records(7))
    kafka.topic = Topic("a", 2)
    with pytest.raises(RefusedError, match="has 2 partitions"):
        guard.check([*HERE, TopicPartition("products", 1)], [])
