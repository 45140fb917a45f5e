import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.evaluate.wilson import wilson


@given(st.integers(1, 500), st.floats(0, 1))
def test_a_share_lies_in_its_interval(trials: int, part: float) -> None:
    """The interval stays between 0 and 1, and is never of no width."""
    share = int(part * trials) / trials
    low, high = wilson(share, trials)
    assert 0 <= low <= share + 1e-12
    assert share <= high + 1e-12 <= 1 + 1e-9
    assert high > low


def test_the_interval_is_wilsons() -> None:
    """Ten of ten are not certainly all: .722 is the lower end of the textbooks."""
    low, _ = wilson(np.array([1.0, 0.5]), np.array([10, 10]))
    assert low.tolist() == pytest.approx([0.7225, 0.2366], abs=1e-4)
