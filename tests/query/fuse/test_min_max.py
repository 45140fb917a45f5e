import pytest
from plugins.fusion import legs

from query.fuse.min_max import min_max


def test_min_max_stretches_over_what_was_found() -> None:
    """The worst of a leg is 0 and the best 1, however close they are."""
    fused = min_max(legs([(3.0, 0.50), (2.0, 0.52), (1.0, 0.51)]))
    assert fused == pytest.approx([0.5, 0.75, 0.25], abs=1e-3)


def test_a_lone_hit_is_the_best_there_can_be() -> None:
    """What the calibrated score is there to avoid; so are equal hits."""
    assert min_max(legs([(0.1, -0.9)])) == pytest.approx([1.0])
    assert min_max(legs([(0.1, None), (0.1, None)])) == pytest.approx([0.5, 0.5])


def test_a_product_of_one_leg_alone_has_half() -> None:
    """What a leg does not know counts as its worst."""
    assert min_max(legs([(3.0, None), (1.0, 0.9), (1.0, 0.1)]))[0] == pytest.approx(0.5)


def test_the_worst_hit_moves_all_others() -> None:
    """One product more, and the same scores mean something else."""
    few, more = [(3.0, None), (2.0, None)], [(3.0, None), (2.0, None), (1.0, None)]
    assert min_max(legs(few))[1] == pytest.approx(0.0)
    assert min_max(legs(more))[1] == pytest.approx(0.25)
