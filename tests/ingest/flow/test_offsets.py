from hypothesis import given
from hypothesis import strategies as st
from kafka import TopicPartition

from ingest.flow.offsets import Watermarks

ZERO = TopicPartition("products", 0)


@given(st.sets(st.integers(0, 60), min_size=1), st.data())
def test_the_watermark_is_the_first_unfinished_offset(
    offsets: set[int], data: st.DataObject
) -> None:
    """Whatever the order of finishing, exactly the finished prefix may be committed."""
    marks = Watermarks()
    delivered = sorted(offsets)
    for offset in delivered:
        marks.delivered(ZERO, offset)
    order = data.draw(st.permutations(delivered))
    finished: set[int] = set()
    for offset in order:
        marks.finished(ZERO, offset)
        finished.add(offset)
        prefix = [o for i, o in enumerate(delivered) if finished.issuperset(delivered[: i + 1])]
        assert marks.committable() == ({ZERO: prefix[-1] + 1} if prefix else {})


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20)), unique=True))
def test_partitions_are_independent(records: list[tuple[int, int]]) -> None:
    """An unfinished record holds back its own partition only."""
    marks = Watermarks()
    placed = [(TopicPartition("products", number), offset) for number, offset in records]
    for partition, offset in sorted(placed):
        marks.delivered(partition, offset)
    for partition, offset in placed:
        if partition.partition != 1:
            marks.finished(partition, offset)
    last = {place: offset + 1 for place, offset in sorted(placed) if place.partition != 1}
    assert marks.committable() == last


def test_a_forgotten_partition_commits_nothing() -> None:
    """Work that finishes after its partition was taken away moves no offset."""
    marks = Watermarks()
    marks.delivered(ZERO, 5)
    marks.keep(())
    marks.finished(ZERO, 5)
    assert marks.committable() == {}


def test_a_record_delivered_again_is_finished_by_either_delivery() -> None:
    """After a rebalance the work of the first delivery counts for the second."""
    marks = Watermarks()
    marks.delivered(ZERO, 5)
    marks.keep(())
    marks.delivered(ZERO, 5)
    marks.finished(ZERO, 5)
    assert marks.committable() == {ZERO: 6}


def test_a_delivery_that_goes_back_starts_anew() -> None:
    """After a rebalance that set the position back, only what is finished again counts."""
    marks = Watermarks()
    for offset in (5, 6, 7, 5, 6):
        marks.delivered(ZERO, offset)
    marks.finished(ZERO, 6)
    marks.finished(ZERO, 7)
    assert marks.committable() == {}
    marks.finished(ZERO, 5)
    assert marks.committable() == {ZERO: 7}


def test_a_partition_that_stays_keeps_what_is_in_hand() -> None:
    """A rebalance among others must not let an unfinished record be skipped."""
    marks = Watermarks()
    marks.delivered(ZERO, 5)
    marks.keep({ZERO})
    marks.delivered(ZERO, 6)
    marks.finished(ZERO, 6)
    assert marks.committable() == {}


def test_topics_are_independent() -> None:
    """Partition 0 of one topic says nothing about partition 0 of another."""
    marks = Watermarks()
    prices = TopicPartition("prices", 0)
    marks.delivered(ZERO, 5)
    marks.delivered(prices, 5)
    marks.finished(prices, 5)
    assert marks.committable() == {prices: 6}


def test_what_is_never_delivered_is_passed_where_nothing_is_in_hand() -> None:
    """An unfinished record holds it back, and no watermark goes back."""
    marks = Watermarks()
    marks.passed(ZERO, 3)
    assert marks.committable() == {ZERO: 3}
    marks.delivered(ZERO, 5)
    marks.passed(ZERO, 9)
    assert marks.committable() == {ZERO: 3}
    marks.finished(ZERO, 5)
    marks.passed(ZERO, 9)
    marks.passed(ZERO, 7)
    assert marks.committable() == {ZERO: 9}
