import numpy as np
import pytest
from hypothesis import given
from plugins.candidates import EAST, NORTH, NOWHERE, asked, candidate_sets, found, passed

from query.candidates import Candidates
from query.terms.neighbours import neighbours


def test_neighbours_average_the_first_pass_without_the_product_itself() -> None:
    """The first two are like one another alone, the third is like nobody."""
    there = found([EAST, EAST, NORTH])
    values = neighbours(asked(), there, passed(there, [0.8, 0.2, 0.5])).value
    assert values == pytest.approx([0.2, 0.8, 0.0])


def test_the_more_alike_the_more_it_counts() -> None:
    """By the square of the cosine: at 45 degrees a neighbour has half a voice."""
    between = np.array([1, 1], np.float32) / np.float32(np.sqrt(2))
    there = found([EAST, EAST, between])
    values = neighbours(asked(), there, passed(there, [0.0, 0.9, 0.3])).value
    assert values[0] == pytest.approx((0.9 + 0.5 * 0.3) / 1.5)


def test_what_is_opposite_is_no_neighbour() -> None:
    """A negative cosine counts as none, and a product without a vector has none."""
    there = found([EAST, -EAST, NOWHERE])
    assert neighbours(asked(), there, passed(there, [0.8, 0.2, 0.5])).value == pytest.approx(
        [0.0] * 3
    )


def test_only_the_nearest_count() -> None:
    """Of nine the eight that are nearest, however good the ninth is."""
    angles = np.linspace(0, 0.8, 10)
    there = found([np.array([np.cos(a), np.sin(a)], np.float32) for a in angles])
    values = neighbours(asked(), there, passed(there, [0.0] * 9 + [1.0])).value
    assert values[0] == 0.0
    assert values[5] > 0.0


@given(candidate_sets())
def test_a_mean_stays_between_the_scores_it_is_of(there: Candidates) -> None:
    """Neither better than the best of the first pass nor worse than nothing."""
    score = there.named["all"] / 10
    values = neighbours(asked(), there, passed(there, score.tolist())).value
    assert (values >= 0).all()
    assert (values <= score.max() + 1e-6).all()
