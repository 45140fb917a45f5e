import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.vector_cache import VectorCache, _size

ROW = np.zeros(8, np.float32)


def test_a_vector_is_found_by_its_text() -> None:
    """Equal texts find it, others do not."""
    cache = VectorCache(10_000)
    cache.keep({"shoe": ROW + 1})
    found = cache.find(["shoe", "hat"])
    assert found.keys() == {"shoe"}
    assert np.array_equal(found["shoe"], ROW + 1)


@given(st.lists(st.sampled_from("abcdefgh"), max_size=40), st.integers(0, 2_000))
def test_it_never_holds_more_than_its_limit(texts: list[str], limit: int) -> None:
    """Bytes are bounded whatever comes, and their count is that of what is kept."""
    cache = VectorCache(limit)
    for text in texts:
        cache.keep({text: ROW})
        assert cache.nbytes <= limit
        assert cache.nbytes == len(cache._kept) * _size(ROW)


def test_what_was_not_asked_for_longest_goes_first() -> None:
    """Looking a text up keeps it."""
    cache = VectorCache(2 * _size(ROW))
    cache.keep({"a": ROW, "b": ROW})
    cache.find(["a"])
    cache.keep({"c": ROW})
    assert cache.find("abc").keys() == {"a", "c"}


def test_a_row_does_not_hold_its_batch_in_memory() -> None:
    """The cache keeps a copy of a row, not a view into a whole batch."""
    batch = np.zeros((100, 8), np.float32)
    cache = VectorCache(10_000)
    cache.keep({"a": batch[3]})
    assert cache.find(["a"])["a"].base is None
