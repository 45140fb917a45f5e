from hypothesis import given
from hypothesis import strategies as st

from ingest.offsets import Watermarks


@given(st.sets(st.integers(0, 60), min_size=1), st.data())
def test_the_watermark_is_the_first_unfinished_offset(
    offsets: set[int], data: st.DataObject
) -> None:
    """Whatever the order of finishing, exactly the finished prefix may be committed."""
    marks = Watermarks()
    delivered = sorted(offsets)
    for offset in delivered:
        marks.delivered(0, offset)
    order = data.draw(st.permutations(delivered))
    finished: set[int] = set()
    for offset in order:
        marks.finished(0, offset)
        finished.add(offset)
        prefix = [o for i, o in enumerate(delivered) if finished.issuperset(delivered[: i + 1])]
        assert marks.committable() == ({0: prefix[-1] + 1} if prefix else {})


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20)), unique=True))
def test_partitions_are_independent(records: list[tuple[int, int]]) -> None:
    """An unfinished record holds back its own partition only."""
    marks = Watermarks()
    for partition, offset in sorted(records):
        marks.delivered(partition, offset)
    for partition, offset in records:
        if partition != 1:
            marks.finished(partition, offset)
    last = {partition: offset + 1 for partition, offset in sorted(records) if partition != 1}
    assert marks.committable() == last


def test_a_forgotten_partition_commits_nothing() -> None:
    """Work that finishes after its partition was taken away moves no offset."""
    marks = Watermarks()
    marks.delivered(0, 5)
    marks.keep(())
    marks.finished(0, 5)
    assert marks.committable() == {}


def test_a_record_delivered_again_is_finished_by_either_delivery() -> None:
    """After a rebalance the work of the first delivery counts for the second."""
    marks = Watermarks()
    marks.delivered(0, 5)
    marks.keep(())
    marks.delivered(0, 5)
    marks.finished(0, 5)
    assert marks.committable() == {0: 6}


def test_a_delivery_that_goes_back_starts_anew() -> None:
    """After a rebalance that set the position back, only what is finished again counts."""
    marks = Watermarks()
    for offset in (5, 6, 7, 5, 6):
        marks.delivered(0, offset)
    marks.finished(0, 6)
    marks.finished(0, 7)
    assert marks.committable() == {}
    marks.finished(0, 5)
    assert marks.committable() == {0: 7}


def test_a_partition_that_stays_keeps_what_is_in_hand() -> None:
    """A rebalance among others must not let an unfinished record be skipped."""
    marks = Watermarks()
    marks.delivered(0, 5)
    marks.keep({0})
    marks.delivered(0, 6)
    marks.finished(0, 6)
    assert marks.committable() == {}
