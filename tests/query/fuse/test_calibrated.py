import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from query.fuse import calibrated

WEIGHTS = np.array([0.5, 0.3, -0.2], np.float32)
TABLE = st.lists(
    st.lists(st.floats(-1, 1, width=16), min_size=3, max_size=3), min_size=1, max_size=20
)


@given(TABLE)
def test_the_score_is_the_sum_of_weighted_terms(rows: list[list[float]]) -> None:
    """Linear in every term."""
    values = np.array(rows, np.float32)
    assert_allclose(
        calibrated(values, WEIGHTS), [float(row @ WEIGHTS) for row in values], atol=1e-6
    )
    assert_allclose(calibrated(2 * values, WEIGHTS), 2 * calibrated(values, WEIGHTS), atol=1e-6)


@given(TABLE, st.data())
def test_no_products_score_depends_on_another(rows: list[list[float]], data: st.DataObject) -> None:
    """Alone, among others and in any order it is the same."""
    values = np.array(rows, np.float32)
    order = data.draw(st.permutations(range(len(rows))))
    fused = calibrated(values, WEIGHTS)
    assert_allclose(calibrated(values[order], WEIGHTS), fused[order], atol=1e-6)
    assert_allclose(calibrated(values[:1], WEIGHTS), fused[:1], atol=1e-6)


@given(TABLE, st.integers(0, 2))
def test_more_of_a_term_moves_by_its_sign(rows: list[list[float]], term: int) -> None:
    """Up for what speaks for a product, down for what speaks against it."""
    values = np.array(rows, np.float32)
    more = values.copy()
    more[:, term] += 0.5
    moved = calibrated(more, WEIGHTS) - calibrated(values, WEIGHTS)
    assert_allclose(moved, np.full(len(rows), 0.5 * WEIGHTS[term]), atol=1e-6)


def test_a_lone_hit_is_not_the_best_there_can_be() -> None:
    """Half of every term is half of what the weights can give."""
    assert calibrated(np.full((1, 3), 0.5, np.float32), WEIGHTS) == pytest.approx([0.3])
