import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugins.rankings import ranking, rankings

from query.after.diversity import Diversity
from query.ranking import Ranking


@given(before=rankings(), relevance=st.floats(0, 1), depth=st.integers(2, 15))
def test_the_set_and_everything_below_the_depth_stay(
    before: Ranking, relevance: float, depth: int
) -> None:
    """The first hits are put in another order and nothing else; the first of all stays."""
    after = Diversity(relevance, depth)("q", before)
    assert set(after.ids[:depth]) == set(before.ids[:depth])
    assert after.ids[depth:] == before.ids[depth:]
    assert after.ids[:1] == before.ids[:1]


@given(before=rankings(), depth=st.integers(2, 15))
def test_relevance_alone_changes_nothing(before: Ranking, depth: int) -> None:
    """With λ = 1 there is no diversity."""
    assert Diversity(1.0, depth)("q", before).ids == before.ids


def test_alike_hits_come_later() -> None:
    """A near copy of the first hit gives way to something else that is nearly as relevant."""
    before = ranking({"a": 0.9, "b": 0.89, "c": 0.8}, sketches=[[1, 0], [1, 0.1], [0, 1]])
    after = Diversity(0.7, 30)("q", before)
    assert after.ids == ("a", "c", "b")
    assert [one.reason for one in after.adjustments] == ["unlike all above", "1.00 like a above"]


def test_product_without_a_vector_is_like_none() -> None:
    """It keeps its relevance, as there is nothing to compare."""
    before = ranking({"a": 0.9, "b": 0.89, "c": 0.8}, sketches=[[1, 0], [1, 0], [0, 0]])
    assert Diversity(0.5, 30)("q", before).ids == ("a", "c", "b")


@pytest.mark.parametrize("scores", [{}, {"a": 0.5}])
def test_short_rankings(scores: dict[str, float]) -> None:
    """None and one are as diverse as can be."""
    before = ranking(scores, sketches=[[1.0, 0.0]] * len(scores))
    assert Diversity(0.5, 30)("q", before) is before
