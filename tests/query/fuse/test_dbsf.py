import numpy as np
import pytest
from hypothesis import given
from plugins.fusion import ROWS, Rows, legs

from query.fuse.dbsf import dbsf


def test_dbsf_stretches_over_three_deviations_around_the_mean() -> None:
    """The mean is a half, and a deviation is a sixth."""
    fused = dbsf(legs([(3.0, None), (2.0, None), (1.0, None)]))
    sixth = 1 / np.std([3, 2, 1]) / 6
    assert fused == pytest.approx(np.array([0.5 + sixth, 0.5, 0.5 - sixth]) / 2)


def test_an_outlier_is_cut_at_one() -> None:
    """More than three deviations above the mean is the most there is."""
    fused = dbsf(legs([(100.0, None), *[(1.0, None)] * 20]))
    assert fused[0] == pytest.approx(0.5)


def test_a_lone_hit_is_an_average_one() -> None:
    """Half of each leg that knows it, nothing of one that does not."""
    assert dbsf(legs([(3.0, 0.5)])) == pytest.approx([0.5])
    assert dbsf(legs([(3.0, None)])) == pytest.approx([0.25])


@given(ROWS)
def test_scores_stay_between_0_and_1(rows: Rows) -> None:
    """Whatever the legs give."""
    fused = dbsf(legs(rows))
    assert ((fused >= 0) & (fused <= 1)).all()
