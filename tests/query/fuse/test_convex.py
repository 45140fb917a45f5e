import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.fuse.convex import Calibrated, blend

COSINE = st.floats(-1, 1, allow_nan=False)
RAW = st.none() | COSINE


def terms(zero: float, weight: float) -> tuple[Calibrated, Calibrated]:
    """Return a lexical and a vector term."""
    return (
        Calibrated("lexical", 1 - weight, zero=0.0, one=7.5, query={"match": {}}),
        Calibrated(
            "body", weight, zero, one=1.0, query={"script_score": {}}, shift=1.0, field="body"
        ),
    )


def engine(term: Calibrated, raw: float | None) -> float:
    """Return what the engine adds up for a product, from the clauses' boosts."""
    clauses = term.clauses()
    if raw is None:
        absent = [clause for clause in clauses if "constant_score" in clause]
        return sum(float(clause["constant_score"]["boost"]) for clause in absent)
    return float(clauses[0]["bool"]["boost"]) * (raw + term.shift)


@given(
    zero=st.floats(-0.5, 0.9),
    weight=st.floats(0, 1),
    lexical=st.tuples(st.floats(0, 20), st.floats(0, 20)),
    cosine=st.tuples(RAW, RAW),
)
def test_the_engines_sum_is_the_blend_and_a_constant(
    zero: float,
    weight: float,
    lexical: tuple[float, float],
    cosine: tuple[float | None, float | None],
) -> None:
    """Two products differ in the engine by just what their blends differ, vectors or none."""
    word, vector = terms(zero, weight)
    sums, blends = [], []
    for raw in zip(lexical, cosine, strict=True):
        sums.append(engine(word, raw[0]) + engine(vector, raw[1]))
        blends.append(word.weight * word.value(raw[0]) + vector.weight * vector.value(raw[1]))
    assert math.isclose(sums[0] - sums[1], blends[0] - blends[1], abs_tol=1e-9)


def test_zero_says_nothing_and_one_says_all() -> None:
    """The calibrated value is 0 at the corpus' mean, 1 at the best there can be."""
    _, vector = terms(zero=0.2, weight=0.5)
    assert vector.value(0.2) == 0
    assert vector.value(1.0) == 1
    assert vector.value(-0.2) == pytest.approx(-0.5)
    assert vector.value(None) == 0


def test_a_query_without_words_has_no_lexical_score() -> None:
    """An infinite maximum makes every value, and the engine's boost, zero."""
    term = Calibrated("lexical", 0.5, zero=0.0, one=math.inf, query={"match": {}})
    assert term.value(0.0) == 0
    assert term.clauses() == [{"bool": {"should": [{"match": {}}], "boost": 0.0}}]


@given(zero=st.floats(-0.9, 0.9), weight=st.floats(0, 1))
def test_no_boost_is_negative(zero: float, weight: float) -> None:
    """The engine refuses negative scores, whatever the corpus' mean cosine is."""
    for term in terms(zero, weight):
        for clause in term.clauses():
            assert clause.get("bool", clause.get("constant_score"))["boost"] >= 0


def test_the_blend_ranks_the_candidates_under_the_filters() -> None:
    """Nothing but the candidates comes back, and each term may add to any of them."""
    query = blend(terms(0.1, 0.5), ["a", "b"], [{"term": {"x": 1}}])
    assert query["bool"]["filter"] == [{"ids": {"values": ["a", "b"]}}, {"term": {"x": 1}}]
    assert len(query["bool"]["should"]) == 3
