import numpy as np
import pytest
from plugins.fusion import legs

from query.fuse.z_score import z_score


def test_z_score_counts_deviations_from_the_mean() -> None:
    """The mean is 0; half of each leg's deviations for two legs of the same weight."""
    fused = z_score(legs([(3.0, None), (2.0, None), (1.0, None)]))
    assert fused == pytest.approx(np.array([1, 0, -1]) / np.std([3, 2, 1]) / 2)


def test_an_unknown_product_counts_as_the_legs_worst() -> None:
    """So that it is never better for not being known."""
    fused = z_score(legs([(3.0, None), (1.0, None), (None, None)]))
    assert fused == pytest.approx([0.5, -0.5, -0.5])


def test_a_lone_hit_is_an_average_one() -> None:
    """Nothing is divided by a deviation of zero."""
    assert z_score(legs([(3.0, 0.5)])) == pytest.approx([0.0])
