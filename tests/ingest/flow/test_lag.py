"""How far a partition is behind, as the worker sees it."""

from unittest.mock import Mock

import pytest
from kafka import TopicPartition

from ingest.change import Position, Record
from ingest.flow.lag import LagReader
from ingest.flow.ledger import Ledger
from ingest.flow.status import PartitionStatus
from ingest.flow.watchdog import Watchdog

PLACE = TopicPartition("products", 0)


def look(timestamp: int) -> PartitionStatus:
    """Look at a partition of ten records, of which the first is in hand; it is 100 s o'clock."""
    consumer = Mock()
    consumer.assignment.return_value = {PLACE}
    consumer.end_offsets.return_value = {PLACE: 10}
    ledger = Ledger(consumer)
    ledger.deliver([Record(Position("products", 0, 0), b"1", None, timestamp)])
    reader = LagReader(consumer, ledger, Watchdog(60), now=lambda: 100.0)
    reader.look()
    return reader.partitions[PLACE]


@pytest.mark.parametrize(("timestamp", "age"), [(90_000, 10.0), (105_000, 0.0), (0, 100.0)])
def test_the_oldest_record_in_hand_says_how_late_it_is(timestamp: int, age: float) -> None:
    """By the clocks of two machines, of which one may run ahead."""
    assert (look(timestamp).lag, look(timestamp).lag_s) == (10, age)


def test_a_record_without_a_time_says_nothing_of_its_age() -> None:
    """Kafka writes -1 where a producer gave none; that is not the year 1969."""
    assert (look(-1).lag, look(-1).lag_s) == (10, None)
