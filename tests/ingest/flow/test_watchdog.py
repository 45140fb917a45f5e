import pytest
from kafka import TopicPartition

from ingest.flow.watchdog import Watchdog

ZERO, ONE = TopicPartition("products", 0), TopicPartition("products", 1)


def test_a_partition_with_lag_that_stands_still_is_stalled(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is said once, with where it stands and how much is left."""
    dog = Watchdog(60)
    assert dog.look({ZERO: (5, 3), ONE: (5, 3)}, 0) == set()
    assert dog.look({ZERO: (5, 4), ONE: (6, 3)}, 59) == set()
    assert dog.look({ZERO: (5, 9), ONE: (7, 3)}, 60) == {ZERO}
    assert dog.look({ZERO: (5, 9), ONE: (8, 3)}, 61) == {ZERO}
    [said] = [record.getMessage() for record in caplog.records]
    assert "partition 0 of products stands still at offset 5 with 9 records to go" in said


def test_one_that_has_nothing_to_do_is_not_stalled() -> None:
    """Its time begins when there is lag."""
    dog = Watchdog(60)
    for now in (0, 100, 200):
        assert dog.look({ZERO: (5, 0)}, now) == set()
    assert dog.look({ZERO: (5, 1)}, 230) == set()
    assert dog.look({ZERO: (5, 1)}, 260) == {ZERO}


def test_one_that_moves_again_is_not_stalled_any_more() -> None:
    """A single record is enough."""
    dog = Watchdog(60)
    dog.look({ZERO: (5, 3)}, 0)
    assert dog.look({ZERO: (5, 3)}, 60) == {ZERO}
    assert dog.look({ZERO: (6, 3)}, 61) == set()


def test_one_that_went_to_another_worker_is_forgotten() -> None:
    """When it comes back its time begins anew."""
    dog = Watchdog(60)
    dog.look({ZERO: (5, 3)}, 0)
    dog.look({}, 30)
    assert dog.look({ZERO: (5, 3)}, 60) == set()
