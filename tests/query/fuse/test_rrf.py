import numpy as np
import pytest
from hypothesis import given
from plugins.fusion import ROWS, Rows, legs

from query.fuse.rrf import rrf


def test_reciprocal_ranks_are_what_the_paper_says() -> None:
    """1 / (60 + place), halves of it for two legs of the same weight; nothing for a leg without."""
    fused = rrf(legs([(3.0, 0.1), (2.0, 0.9), (None, 0.5)]))
    assert fused == pytest.approx([(1 / 61 + 1 / 63) / 2, (1 / 62 + 1 / 61) / 2, (1 / 62) / 2])


def test_equal_scores_share_the_first_of_their_places() -> None:
    """Which of them the engine named first does not matter."""
    fused = rrf(legs([(2.0, None), (2.0, None), (1.0, None)]))
    assert fused == pytest.approx([1 / 61 / 2, 1 / 61 / 2, 1 / 63 / 2])


@given(ROWS)
def test_only_the_places_count(rows: Rows) -> None:
    """Any other scores in the same order fuse to the very same."""
    curved = [(None if words is None else words**3 + 1, cosine) for words, cosine in rows]
    assert np.array_equal(rrf(legs(curved)), rrf(legs(rows)))
