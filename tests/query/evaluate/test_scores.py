import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.evaluate.runs import Run
from query.evaluate.scores import Pairs, calibration, pairs

scores = st.lists(st.floats(-10, 10), max_size=60)


def test_judged_pairs_are_told_apart_by_grade() -> None:
    """Unjudged hits, and queries without judgments, are left out."""
    run = Run("any", {"q1": [("a", 0.9), ("x", 0.8), ("b", 0.7), ("c", 0.1)], "q9": [("a", 1.0)]})
    grades = {"q1": {"a": 3, "b": 1, "c": 0}, "q2": {"a": 1}}
    assert pairs(run, grades, 1) == Pairs(relevant=(0.7, 0.9), irrelevant=(0.1,))
    assert pairs(run, grades, 2) == Pairs(relevant=(0.9,), irrelevant=(0.1, 0.7))


@given(scores, scores)
def test_every_pair_is_in_one_bin(relevant: list[float], irrelevant: list[float]) -> None:
    """Bins follow one another, are about equally large, and hold all pairs between them."""
    bins = calibration(Pairs(tuple(sorted(relevant)), tuple(sorted(irrelevant))))
    total = len(relevant) + len(irrelevant)
    assert len(bins) == min(10, total // 10)
    if bins:
        assert sum(one.pairs for one in bins) == total
        assert sum(one.share.mean * one.pairs for one in bins) == pytest.approx(len(relevant))
        assert max(one.pairs for one in bins) - min(one.pairs for one in bins) <= 1
    for one, following in itertools.pairwise(bins):
        assert one.low <= one.score + 1e-9
        assert one.high <= following.low
