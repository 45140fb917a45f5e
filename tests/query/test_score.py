import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from query.score import _cosines


@given(st.integers(0, 60), st.integers(0, 120), st.sampled_from([3, 384, 4096]))
def test_products_a_few_rows_at_a_time_are_the_whole_product(
    rows: int, others: int, dimension: int
) -> None:
    """Cosines come out the same however many rows are multiplied at a time."""
    noise = np.random.default_rng(rows + others)
    one = noise.standard_normal((rows, dimension), np.float32)
    other = noise.standard_normal((others, dimension), np.float32)
    np.testing.assert_allclose(_cosines(one, other), one @ other.T, rtol=1e-3, atol=1e-2)
