import numpy as np
import pytest
from hypothesis import given
from plugins.fusion import ROWS, Rows, legs

from query.fuse.convex import convex


def test_the_convex_one_starts_where_the_leg_does() -> None:
    """Half the best BM25 is a half, and a cosine of 0 is half way from -1 to 1."""
    fused = convex(legs([(4.0, 1.0), (2.0, 0.0)]))
    assert fused == pytest.approx([1.0, 0.5])


def test_the_worst_hit_moves_nothing() -> None:
    """Unlike min-max: one product more, and the same scores mean the same."""
    few, more = [(4.0, 0.5), (2.0, 0.1)], [(4.0, 0.5), (2.0, 0.1), (0.5, -0.9)]
    assert convex(legs(more))[:2] == pytest.approx(convex(legs(few)))


def test_a_constant_on_a_leg_is_seen() -> None:
    """It brings products closer together."""
    apart, moved = (
        convex(legs([(4.0, None), (2.0, None)])),
        convex(legs([(8.0, None), (6.0, None)])),
    )
    assert apart == pytest.approx([0.5, 0.25])
    assert moved == pytest.approx([0.5, 0.375])


def test_the_least_a_leg_can_give_is_nothing() -> None:
    """Nothing is divided by a best of zero."""
    assert convex(legs([(0.0, -1.0)])) == pytest.approx([0.0])


@given(ROWS)
def test_scores_stay_between_0_and_1(rows: Rows) -> None:
    """Whatever the legs give."""
    fused = convex(legs(rows))
    assert ((fused >= 0) & (fused <= 1 + np.float32(1e-6))).all()
