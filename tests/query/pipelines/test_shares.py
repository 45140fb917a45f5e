import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.pipelines.shares import shares
from query.score import FIRST
from query.weights.files import shipped

PASS = {"lexical": 0.35, "vector": 0.4, "coverage": 0.25, "entities": 0.1, "avoided": -0.1}


def test_the_shipped_weights_become_shares() -> None:
    """Words weigh most, and neighbours and feedback count as what the first pass is made of."""
    found = shares(shipped().weights, shipped().first_pass)
    # (.1413 + .1912 + .3 / .85 · .2166) of .8612, and so on.
    assert (found.words, found.coverage, found.vectors) == (0.4749, 0.2436, 0.2815)
    assert found.everywhere == pytest.approx(1 + 0.1912 / 0.1413, abs=1e-4)


@given(st.dictionaries(st.sampled_from(sorted(FIRST)), st.floats(-1, 1)))
def test_shares_add_up_to_one(weights: dict[str, float]) -> None:
    """Whatever the weights, the legs' shares are none below zero and one together."""
    found = shares(weights, PASS)
    parts = (found.words, found.coverage, found.vectors)
    assert min(parts) >= 0
    assert sum(parts) == pytest.approx(1)


def test_terms_that_need_understanding_count_nothing() -> None:
    """Without words, vectors and what is averaged from them the legs are worth the same."""
    assert shares({"entities": 1.0}, PASS) == shares({}, PASS)
