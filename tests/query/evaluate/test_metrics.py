from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.evaluate.metrics import CONDENSED, MEASURES, measure
from query.evaluate.runs import Run

GRADES = {"q1": {"a": 3, "b": 2, "c": 1, "d": 0}}


def ranked(*products: str, query: str = "q1") -> Run:
    return Run("any", {query: [(product, 1.0) for product in products]})


def test_ndcg_takes_the_grade_as_gain() -> None:
    """The gain is linear: 3, 2, 1, not 7, 3, 1; the discount is log2(rank + 1)."""
    found = measure(ranked("c", "d", "a"), GRADES).mean["nDCG@10"]
    ideal = 3 / log2(2) + 2 / log2(3) + 1 / log2(4)
    assert found == pytest.approx((1 / log2(2) + 3 / log2(4)) / ideal)


def test_an_unjudged_product_counts_as_irrelevant() -> None:
    """A product without a judgment takes its place and gains nothing."""
    judged, unjudged = (measure(ranked(first, "a"), GRADES) for first in ("d", "x"))
    for name in set(MEASURES) - set(CONDENSED):
        assert judged.mean[name] == unjudged.mean[name]
    assert unjudged.unjudged == pytest.approx(0.5)


@given(
    st.permutations(["a", "b", "c", "d"]),
    st.lists(st.tuples(st.integers(0, 4), st.text("xyz", min_size=1, max_size=3)), max_size=8),
)
def test_unjudged_products_change_no_condensed_measure(
    judged: list[str], more: list[tuple[int, str]]
) -> None:
    """Wherever unjudged hits stand, the condensed measures are those of the judged hits alone."""
    mixed = list(judged)
    for product, place in {product: place for place, product in more}.items():
        mixed.insert(place, product)
    alone, among = measure(ranked(*judged), GRADES).mean, measure(ranked(*mixed), GRADES).mean
    for name in CONDENSED:
        assert among[name] == pytest.approx(alone[name])
    for name in set(MEASURES) - set(CONDENSED):
        assert among[name] <= alone[name] + 1e-9


@given(st.permutations(["a", "b", "c", "d", "x"]))
def test_products_of_one_grade_may_change_places(products: list[str]) -> None:
    """Only the grades in their order count: products of equal grade can be exchanged."""
    grades = {"q1": {"a": 2, "b": 2, "c": 0, "d": 0}}
    other = {"a": "b", "b": "a", "c": "d", "d": "c", "x": "x"}
    exchanged = measure(ranked(*(other[product] for product in products)), grades)
    assert measure(ranked(*products), grades).mean == exchanged.mean


def test_bpref_counts_judged_irrelevant_hits_above() -> None:
    """Of one judged irrelevant product, standing above all relevant ones costs everything."""
    assert measure(ranked("a", "b", "c", "d"), GRADES).mean["bpref"] == pytest.approx(1)
    assert measure(ranked("d", "a", "b", "c"), GRADES).mean["bpref"] == pytest.approx(0)
    assert measure(ranked("a", "d"), GRADES).mean["bpref"] == pytest.approx(1 / 3)


def test_ndcg_ends_at_ten() -> None:
    """What stands at rank 11 gains nothing."""
    fillers = [f"x{place}" for place in range(10)]
    assert measure(ranked(*fillers, "a"), GRADES).mean["nDCG@10"] == 0
    assert measure(ranked(*fillers[:9], "a"), GRADES).mean["nDCG@10"] > 0


def test_binary_measures_count_what_is_relevant() -> None:
    """MRR, R@100 and P@10 call every grade from the stated one up relevant."""
    run = ranked("d", "c", "b")
    from_one, from_two = measure(run, GRADES, 1).mean, measure(run, GRADES, 2).mean
    assert from_one["MRR"] == pytest.approx(1 / 2)
    assert from_two["MRR"] == pytest.approx(1 / 3)
    assert from_one["R@100"] == pytest.approx(2 / 3)
    assert from_two["R@100"] == pytest.approx(1 / 2)
    assert from_one["P@10"] == pytest.approx(0.2)
    assert from_two["P@10"] == pytest.approx(0.1)
    assert from_one["nDCG@10"] == from_two["nDCG@10"]


def test_mrr_looks_at_the_whole_run() -> None:
    """A first relevant hit at rank 12 is worth 1/12."""
    run = ranked(*(f"x{place}" for place in range(11)), "a")
    assert measure(run, GRADES).mean["MRR"] == pytest.approx(1 / 12)


def test_every_judged_query_counts() -> None:
    """A query without hits, or without any relevant product, scores 0 and stays in the mean."""
    grades = {**GRADES, "q2": {"a": 1}, "q3": {"a": 0}}
    run = Run("any", {"q1": [("a", 2.0), ("b", 1.0), ("c", 0.0)], "q2": [], "q3": [("a", 1.0)]})
    scores = measure(run, grades)
    assert scores.per_query["q2"] == scores.per_query["q3"] == dict.fromkeys(MEASURES, 0.0)
    assert scores.mean["nDCG@10"] == pytest.approx(1 / 3)


def test_a_query_nobody_judged_is_left_aside() -> None:
    """A stored run may answer more queries than are judged."""
    run = Run("any", {"q1": [("a", 1.0)], "q9": [("a", 1.0)]})
    assert measure(run, GRADES).per_query.keys() == {"q1"}


def test_the_order_of_the_run_decides_not_the_size_of_its_scores() -> None:
    """Hits with equal scores, or scores equal in single precision, keep their places."""
    for first, second in ((1.0, 1.0), (1.0, 1.0 - 1e-12)):
        for products in (("a", "d"), ("d", "a")):
            run = Run("any", {"q1": list(zip(products, (first, second), strict=True))})
            assert measure(run, GRADES).mean["MRR"] == (1.0 if products[0] == "a" else 0.5)


def test_without_a_hit_nothing_is_unjudged() -> None:
    """The unjudged share of no hits at all is not a number."""
    assert measure(Run("any", {}), GRADES).unjudged is None
