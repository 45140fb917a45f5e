from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.fuse import METHODS, calibrated
from query.fuse.method import Leg
from query.ranking import Floats

NAMES = sorted(METHODS)
# Who looks through a leg in other units, and who through a leg that starts elsewhere.
SCALED = NAMES
MOVED = [name for name in NAMES if name != "convex"]
Rows = list[tuple[float | None, float | None]]
BM25 = st.none() | st.sampled_from([0.125, 0.5, 1.0, 2.0, 3.5, 8.0, 20.0])
COSINE = st.none() | st.sampled_from([-0.75, -0.25, 0.0, 0.25, 0.5, 0.875])
ROWS = st.lists(st.tuples(BM25, COSINE), min_size=1, max_size=12)


def column(values: Sequence[float | None]) -> Floats:
    """Return a leg's scores, NaN where there are none."""
    return np.array([np.nan if each is None else each for each in values], np.float32)


def legs(rows: Rows) -> tuple[Leg, Leg]:
    """Return a lexical and a vector leg of the same weight."""
    words, cosines = zip(*rows, strict=True)
    return Leg("lexical", column(words), 0.0, 1.0), Leg("vector", column(cosines), -1.0, 1.0)


@pytest.mark.parametrize("name", NAMES)
@given(rows=ROWS)
def test_more_of_one_leg_is_never_worse(name: str, rows: Rows) -> None:
    """Of two products that differ in one leg alone, the one with more of it is not below."""
    fused = METHODS[name](legs(rows))
    for one, (words, cosine) in enumerate(rows):
        for two, (fewer, same) in enumerate(rows):
            if cosine == same and words is not None and fewer is not None and words >= fewer:
                assert fused[one] >= fused[two] - 1e-5


@pytest.mark.parametrize("name", NAMES)
@given(rows=ROWS, data=st.data())
def test_the_order_in_which_products_come_changes_nothing(
    name: str, rows: Rows, data: st.DataObject
) -> None:
    """A permutation of the candidates permutes the scores."""
    order = data.draw(st.permutations(range(len(rows))))
    fused = METHODS[name](legs(rows))
    assert np.allclose(METHODS[name](legs([rows[row] for row in order])), fused[order], atol=1e-4)


@pytest.mark.parametrize("name", SCALED)
@given(rows=ROWS)
def test_a_leg_in_other_units_fuses_the_same(name: str, rows: Rows) -> None:
    """A factor on a leg's scores is looked through."""
    words, cosines = legs(rows)
    scaled = Leg(words.name, words.scores * 8, words.lowest, words.weight)
    assert np.allclose(METHODS[name]((scaled, cosines)), METHODS[name](legs(rows)), atol=1e-3)


@pytest.mark.parametrize("name", MOVED)
@given(rows=ROWS)
def test_a_leg_that_starts_elsewhere_fuses_the_same(name: str, rows: Rows) -> None:
    """So is a constant; the convex one knows where a leg starts and does not."""
    words, cosines = legs(rows)
    moved = Leg(words.name, words.scores + 4, words.lowest, words.weight)
    assert np.allclose(METHODS[name]((moved, cosines)), METHODS[name](legs(rows)), atol=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_every_method_answers_with_little_to_go_by(name: str) -> None:
    """One product, equal products, and products that no leg knows give finite scores."""
    few: list[Rows] = [[(2.0, 0.5)], [(2.0, 0.5)] * 3, [(None, None)], [(None, 0.1), (1.0, None)]]
    for rows in few:
        fused = METHODS[name](legs(rows))
        assert fused.shape == (len(rows),)
        assert fused.dtype == np.float32
        assert np.isfinite(fused).all()


def test_reciprocal_ranks_are_what_the_paper_says() -> None:
    """1 / (60 + place), halves of it for two legs of the same weight."""
    fused = METHODS["rrf"](legs([(3.0, 0.1), (2.0, 0.9), (None, 0.5)]))
    assert fused == pytest.approx([(1 / 61 + 1 / 63) / 2, (1 / 62 + 1 / 61) / 2, (1 / 62) / 2])


def test_min_max_stretches_over_what_was_found() -> None:
    """The worst of a leg is 0 and the best 1, however close they are."""
    fused = METHODS["min_max"](legs([(3.0, 0.50), (2.0, 0.52), (1.0, 0.51)]))
    assert fused == pytest.approx([0.5, 0.75, 0.25], abs=1e-3)


def test_the_convex_one_starts_where_the_leg_does() -> None:
    """Half the best BM25 is a half, and a cosine of 0 is half way from -1 to 1."""
    fused = METHODS["convex"](legs([(4.0, 1.0), (2.0, 0.0)]))
    assert fused == pytest.approx([1.0, 0.5])


@given(st.lists(st.lists(st.floats(-1, 1, width=16), min_size=3, max_size=3), min_size=1))
def test_the_calibrated_score_is_the_sum_of_the_shares(rows: list[list[float]]) -> None:
    """Linear: no product's score depends on another's."""
    weights = np.array([0.5, 0.3, -0.2], np.float32)
    values = np.array(rows, np.float32)
    fused = calibrated(values, weights)
    assert np.allclose(fused, [float(row @ weights) for row in values], atol=1e-6)
    assert np.allclose(calibrated(values[:1], weights), fused[:1], atol=1e-6)
