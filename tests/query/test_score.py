import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugins.candidates import EAST, NORTH, SENSES, asked, candidate_sets, found, shuffled

from query.candidates import COVERAGE, Asked, Candidates
from query.ranking import Ranking
from query.score import FIRST, SECOND, TERMS, _cosines, best_first, ranked, terms_of

ASKED = asked(*SENSES)
FIRST_PASS = {"lexical": 0.3, "vector": 0.4, "coverage": 0.3}
WEIGHTS = {name: 0.1 * place for place, name in enumerate(TERMS, 1)} | {"avoided": -0.3}


def rank(there: Candidates, query: Asked = ASKED) -> Ranking:
    """Return candidates as every search ranks them."""
    return ranked(there, terms_of(query, there, FIRST_PASS), WEIGHTS)


@given(candidate_sets(), st.data())
def test_the_order_in_which_candidates_come_changes_nothing(
    there: Candidates, data: st.DataObject
) -> None:
    """Neither a product's place nor any value: what is equal is ordered by id."""
    order = data.draw(st.permutations(range(len(there.ids))))
    one, other = rank(there), rank(shuffled(there, order))
    assert one.ids == other.ids
    np.testing.assert_allclose(one.scores, other.scores, atol=1e-6)
    np.testing.assert_allclose(one.values, other.values, atol=1e-6)


@given(candidate_sets())
def test_the_shares_add_up_to_the_score(there: Candidates) -> None:
    """Every term is in the table, and nothing else is in the score."""
    ranking = rank(there)
    assert ranking.terms == TERMS
    np.testing.assert_allclose(ranking.values @ ranking.weights, ranking.scores, atol=1e-5)
    assert (np.diff(ranking.scores) <= 0).all()
    assert sorted(ranking.ids) == sorted(there.ids)


@given(candidate_sets(), st.data())
def test_a_terms_value_does_not_depend_on_who_else_was_found(
    there: Candidates, data: st.DataObject
) -> None:
    """All but the two that compare candidates say of a product alone what they say among others."""
    row = data.draw(st.integers(0, len(there.ids) - 1))
    alone = terms_of(ASKED, shuffled(there, [row]), FIRST_PASS)
    among = terms_of(ASKED, there, FIRST_PASS)
    for name in FIRST:
        assert alone[name].value[0] == pytest.approx(among[name].value[row], abs=1e-6)


def test_equal_scores_are_ordered_by_id() -> None:
    """However the rows came."""
    there = found([EAST] * 3, {"all": [2.0, 2.0, 2.0]}, ids=["c", "a", "b"])
    assert rank(there).ids == ("a", "b", "c")
    assert best_first(("b", "a", "c"), np.array([1, 1, 2], np.float32)) == [2, 1, 0]


def test_who_speaks_for_the_best_does_not_depend_on_the_rows() -> None:
    """Of twelve products that are equally good in the first pass the same ten give feedback."""
    sketches = [EAST] * 6 + [NORTH] * 6
    there = found(sketches, {COVERAGE: [0.5] * 12, "all": [2.0] * 12})
    query = asked()
    turned = rank(shuffled(there, range(11, -1, -1)), query)
    assert turned.ids == rank(there, query).ids
    np.testing.assert_allclose(turned.values, rank(there, query).values, atol=1e-6)


def test_the_first_pass_has_fixed_weights() -> None:
    """What neighbours are averaged over is not what the ranking is learned with."""
    there = found([EAST, EAST], {"all": [8.0, 2.0]})
    values = terms_of(asked(), there, {"lexical": 0.5})
    assert values["neighbours"].value == pytest.approx([0.5 * 0.2, 0.5 * 0.8])


def test_no_candidates_are_an_empty_ranking() -> None:
    """With all terms, of no rows."""
    ranking = rank(shuffled(found([EAST], {"all": [1.0]}), []))
    assert ranking.ids == ()
    assert ranking.values.shape == (0, len(TERMS))
    assert set(SECOND) < set(ranking.terms)


@given(st.integers(0, 60), st.integers(0, 120), st.sampled_from([3, 384, 4096]))
def test_products_a_few_rows_at_a_time_are_the_whole_product(
    rows: int, others: int, dimension: int
) -> None:
    """Cosines come out the same however many rows are multiplied at a time."""
    noise = np.random.default_rng(rows + others)
    one = noise.standard_normal((rows, dimension), np.float32)
    other = noise.standard_normal((others, dimension), np.float32)
    np.testing.assert_allclose(_cosines(one, other), one @ other.T, rtol=1e-3, atol=1e-2)
