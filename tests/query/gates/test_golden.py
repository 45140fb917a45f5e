from dataclasses import replace

import pytest

from mappings.gate import Crossing
from query.evaluate.runs import Run
from query.gates import golden
from query.gates.golden import overlap

pytestmark = pytest.mark.encoder


def test_a_model_that_is_worse_on_the_golden_queries_is_refused(worse: Crossing) -> None:
    """By judgments, beyond noise, with the figures that say so."""
    verdict = golden.gate(worse)
    assert not verdict.passed
    assert "ranks worse" in verdict.reason
    assert verdict.figures["queries"] == 20
    assert float(verdict.figures["p"]) < 0.05


def test_a_better_model_passes(worse: Crossing) -> None:
    """The same two the other way round."""
    assert golden.gate(replace(worse, old=worse.new, new=worse.old)).passed


def test_the_same_index_passes_with_few_queries(worse: Crossing) -> None:
    """A change that moves no ranking needs no large set."""
    verdict = golden.gate(replace(worse, new=worse.old))
    assert verdict.passed
    assert verdict.figures["difference"] == "+0.0000"


def test_without_judgments_the_old_ranking_is_what_is_known(worse: Crossing) -> None:
    """Queries alone, or titles of products where there are none either."""
    unjudged = replace(worse, qrels=None)
    refused = golden.gate(unjudged)
    assert not refused.passed
    assert "whether the others are better nobody knows" in refused.reason
    titles = replace(worse, qrels=None, queries=None, new=worse.old)
    passed = golden.gate(titles)
    assert (passed.passed, passed.figures["titles of products"]) == (True, 20)
    assert passed.figures["overlap@10"] == 1.0


def test_too_few_queries_rule_nothing_out() -> None:
    """A loss that may be chance is not neutral before enough queries were asked."""
    grades = {f"q{n}": {"a": 1} for n in range(12)}
    first, second = [("a", 2.0), ("b", 1.0)], [("b", 2.0), ("a", 1.0)]
    old = Run("old", dict.fromkeys(grades, first))
    new = Run("new", {**old.rankings, "q0": second})
    verdict = golden._by_judgments(grades, old, new)
    assert not verdict.passed
    assert "do not rule out" in verdict.reason


def test_overlap_counts_products_not_places() -> None:
    """What nobody finds in either is no difference."""
    assert overlap(["a", "b"], ["b", "a"]) == 1.0
    assert overlap(["a", "b", "c", "d"], ["a"]) == 0.25
    assert overlap([], []) == 1.0
