from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.reindex.ranges import merge

NUMBERS = st.sets(st.integers(0, 400), min_size=1)


@given(NUMBERS, st.integers(1, 20), st.integers(1, 30))
def test_ranges_hold_every_number_once(numbers: set[int], interval: int, size: int) -> None:
    """They follow one another from the first to the end, and are no more than documents need."""
    end = max(numbers) + 1
    keys = sorted({number // interval * interval for number in numbers})
    buckets = [(key, len(numbers & set(range(key, key + interval)))) for key in keys]
    found = list(merge(buckets, interval, 0, end, size))
    assert (found[0][0], found[-1][1]) == (0, end)
    assert all(before[1] == after[0] for before, after in pairwise(found))
    assert all(start < stop for start, stop, _ in found)
    assert sum(documents for _, _, documents in found) == len(numbers)
    assert len(found) <= 2 * len(numbers) / size + 1
    if interval == 1:
        assert all(documents <= size for _, _, documents in found)


@given(st.integers(1, 60), st.integers(1, 30), st.integers(1, 30))
def test_ranges_of_an_index_without_gaps_are_small(
    documents: int, interval: int, size: int
) -> None:
    """One that was filled once and never changed: none holds more than twice the size."""
    starts = range(0, documents, interval)
    buckets = [(start, min(interval, documents - start)) for start in starts]
    for start, stop, _ in merge(buckets, interval, 0, documents, size):
        assert 0 < stop - start <= 2 * size


def test_an_index_that_was_overwritten_many_times_has_no_more_slices_than_documents_need() -> None:
    """Ten million products, of which a thousand millions of writes are left."""
    buckets = [(key, 5_000) for key in range(0, 10**9, 500_000)]
    found = list(merge(buckets, 500_000, 0, 10**9, 1_000))
    assert len(found) == 10_000
    assert {documents for _, _, documents in found} == {1_000}
