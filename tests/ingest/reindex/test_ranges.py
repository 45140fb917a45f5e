from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.reindex.ranges import merge

NUMBERS = st.sets(st.integers(0, 400), min_size=1)


@given(NUMBERS, st.integers(1, 20), st.integers(1, 30))
def test_ranges_hold_every_number_once(numbers: set[int], interval: int, size: int) -> None:
    """They follow one another from the first to the end, and none holds more than twice the size."""
    end = max(numbers) + 1
    keys = sorted({number // interval * interval for number in numbers})
    buckets = [(key, len(numbers & set(range(key, key + interval)))) for key in keys]
    found = list(merge(buckets, interval, 0, end, size))
    assert (found[0][0], found[-1][1]) == (0, end)
    assert all(before[1] == after[0] for before, after in pairwise(found))
    for start, stop, _ in found:
        assert 0 < len(numbers & set(range(start, stop))) <= 2 * size
