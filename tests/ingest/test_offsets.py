import pytest
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
    marks.forget(0)
    marks.finished(0, 5)
    assert marks.committable() == {}


def test_a_record_delivered_again_is_finished_by_either_delivery() -> None:
    """After a rebalance the work of the first delivery counts for the second."""
    marks = Watermarks()
    marks.delivered(0, 5)
    marks.forget(0)
    marks.delivered(0, 5)
    marks.finished(0, 5)
    assert marks.committable() == {0: 6}


def test_offsets_must_rise() -> None:
    """A delivery that goes back without a rebalance is a fault of the caller."""
    marks = Watermarks()
    marks.delivered(0, 5)
    with pytest.raises(ValueError, match="offset 5 after 5"):
        marks.delivered(0, 5)
