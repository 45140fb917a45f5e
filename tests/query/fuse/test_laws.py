"""What every fusion method of the field keeps to; what each one does is in its own file."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugins.fusion import ROWS, Rows, legs

from query.fuse import METHODS
from query.fuse.method import Leg

NAMES = sorted(METHODS)
EACH = pytest.mark.parametrize("name", NAMES)
# Who looks through a constant that is added to a leg's scores.
MOVED = [name for name in NAMES if name != "convex"]


def least(score: float | None) -> float:
    """Return a score to compare by: what a leg does not know is below all it knows."""
    return -math.inf if score is None else score


@EACH
@given(rows=ROWS, swapped=st.booleans())
def test_more_of_one_leg_is_never_worse(name: str, rows: Rows, swapped: bool) -> None:
    """Of two products that differ in one leg alone, the one with more of it is not below."""
    fused = METHODS[name](legs(rows))
    pairs = [row[::-1] if swapped else row for row in rows]
    for one, (more, other) in enumerate(pairs):
        for two, (fewer, same) in enumerate(pairs):
            if other == same and least(more) >= least(fewer):
                assert fused[one] >= fused[two] - 1e-5


@EACH
@given(rows=ROWS)
def test_of_two_products_the_one_that_is_better_in_every_leg_is_better(
    name: str, rows: Rows
) -> None:
    """Not merely not worse: the best of both legs stands first."""
    best = (40.0, 0.96875)
    fused = METHODS[name](legs([best, *rows]))
    assert fused[0] == fused.max()


@EACH
@given(rows=ROWS, data=st.data())
def test_the_order_in_which_products_come_changes_nothing(
    name: str, rows: Rows, data: st.DataObject
) -> None:
    """A permutation of the candidates permutes the scores."""
    order = data.draw(st.permutations(range(len(rows))))
    fused = METHODS[name](legs(rows))
    shuffled = METHODS[name](legs([rows[row] for row in order]))
    np.testing.assert_allclose(shuffled, fused[order], atol=1e-4)


@EACH
@given(rows=ROWS)
def test_the_order_of_the_legs_changes_nothing(name: str, rows: Rows) -> None:
    """A weight belongs to its leg, not to its place."""
    words, cosines = legs(rows, 0.3, 0.7)
    np.testing.assert_allclose(
        METHODS[name]((cosines, words)), METHODS[name]((words, cosines)), atol=1e-5
    )


@EACH
@given(rows=ROWS)
def test_weights_are_shares(name: str, rows: Rows) -> None:
    """3 to 7 is .3 to .7."""
    whole, parts = legs(rows, 3.0, 7.0), legs(rows, 0.3, 0.7)
    np.testing.assert_allclose(METHODS[name](whole), METHODS[name](parts), atol=1e-5)


@EACH
@given(rows=ROWS)
def test_a_leg_in_other_units_fuses_the_same(name: str, rows: Rows) -> None:
    """A factor on a leg's scores is looked through."""
    words, cosines = legs(rows)
    scaled = replace(words, scores=words.scores * 8)
    np.testing.assert_allclose(
        METHODS[name]((scaled, cosines)), METHODS[name](legs(rows)), atol=1e-3
    )


@pytest.mark.parametrize("name", MOVED)
@given(rows=ROWS)
def test_a_leg_that_starts_elsewhere_fuses_the_same(name: str, rows: Rows) -> None:
    """So is a constant, by all but the convex one, which knows where a leg starts."""
    words, cosines = legs(rows)
    moved = replace(words, scores=words.scores + 4)
    np.testing.assert_allclose(
        METHODS[name]((moved, cosines)), METHODS[name](legs(rows)), atol=1e-3
    )


@EACH
@pytest.mark.parametrize(
    "rows",
    [[(2.0, 0.5)], [(2.0, 0.5)] * 3, [(None, None)], [(None, 0.1), (1.0, None)], [(0.0, -1.0)]],
)
def test_every_method_answers_with_little_to_go_by(name: str, rows: Rows) -> None:
    """One product, equal products, and products that no leg knows give finite scores."""
    fused = METHODS[name](legs(rows))
    assert fused.shape == (len(rows),)
    assert fused.dtype == np.float32
    assert np.isfinite(fused).all()


@EACH
def test_no_products_are_no_scores(name: str) -> None:
    """An empty list is no error."""
    nothing = np.zeros(0, np.float32)
    both = (Leg("lexical", nothing, 0.0, 1.0), Leg("vector", nothing, -1.0, 1.0))
    assert METHODS[name](both).shape == (0,)


@EACH
@given(rows=ROWS)
def test_a_leg_that_knows_nothing_changes_no_order(name: str, rows: Rows) -> None:
    """As the vector leg of an index without vectors: the words alone decide."""
    only = [(words, None) for words, _ in rows]
    fused = METHODS[name](legs(only))
    for one, (words, _) in enumerate(only):
        for two, (other, _) in enumerate(only):
            if least(words) > least(other):
                assert fused[one] >= fused[two]
