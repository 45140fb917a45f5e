from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugins.rankings import ranking, rankings

from query.after.boosts import Boosts
from query.after.tables import Boost
from query.ranking import Ranking

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STORED = {"margin": "margin", "promoted": "promoted", "released": "released"}


def boosted(boost: dict[str, Any], cells: list[Any], margin: float = 0.1) -> dict[str, float]:
    """Return what products of equal relevance are given for the values of one field."""
    before = ranking({f"p{row}": 0.5 for row in range(len(cells))}, {boost["field"]: cells})
    after = Boosts([Boost.model_validate(boost)], STORED, margin, NOW)("q", before)
    given = {one.id: one.amount for one in after.adjustments}
    return {f"p{row}": given.get(f"p{row}", 0.0) for row in range(len(cells))}


@given(
    before=rankings(), margin=st.floats(0, 0.2), weights=st.lists(st.floats(0.01, 1), min_size=3)
)
def test_nobody_passes_one_better_by_more_than_the_margin(
    before: Ranking, margin: float, weights: list[float]
) -> None:
    """Whatever the boosts and the values, the guardrail holds between any two products."""
    boosts = [
        Boost(field="margin", by="linear", none=-1.0, full=3.0, weight=weights[0]),
        Boost(field="released", by="freshness", half_life_days=500.0, weight=weights[1]),
        Boost(field="promoted", by="promotion", weight=weights[2]),
    ]
    after = Boosts(boosts, STORED, margin, NOW)("q", before)
    place = {id_: row for row, id_ in enumerate(after.ids)}
    for better, high in zip(before.ids, before.scores, strict=True):
        for worse, low in zip(before.ids, before.scores, strict=True):
            if float(high) > float(low) + margin:
                assert place[better] < place[worse]
    assert list(after.scores) == sorted(after.scores, reverse=True)


def test_rounding_lifts_nobody() -> None:
    """A margin that falls short by less than single precision can tell does not suffice."""
    before = ranking({"better": 0.53, "worse": 0.5}, {"margin": [[0.0], [1.0]]})
    margin = float(before.scores[0]) - 0.5 - 1e-10
    boost = Boost(field="margin", by="linear", full=1.0, weight=1.0)
    after = Boosts([boost], STORED, margin, NOW)("q", before)
    assert after.scores[0] == after.scores[1]
    assert after.ids == ("better", "worse")


def test_linear_boost_grows_between_none_and_full() -> None:
    """Nothing at `none`, all of its weight of the margin at `full`, never more or less."""
    boost = {"field": "margin", "by": "linear", "none": 0.1, "full": 0.5, "weight": 0.5}
    given = boosted(boost, [[0.1], [0.3], [0.5], [9.0], [-1.0], None])
    assert list(given.values()) == pytest.approx([0, 0.025, 0.05, 0.05, 0, 0])


def test_linear_boost_can_favour_less() -> None:
    """With `full` below `none` the smaller number is given more."""
    boost = {"field": "margin", "by": "linear", "none": 10, "full": 0, "weight": 1}
    assert list(boosted(boost, [[10], [5], [0]]).values()) == pytest.approx([0, 0.05, 0.1])


def test_log_boost_levels_off() -> None:
    """Of a stock of 99 the first nine pieces give half."""
    boost = {"field": "margin", "by": "log", "full": 99, "weight": 1}
    assert list(boosted(boost, [[0], [9], [99], [-5]]).values()) == pytest.approx([0, 0.05, 0.1, 0])


def test_freshness_halves_with_its_half_life() -> None:
    """A product of today has all, one of a half-life ago half; one to come counts as new."""
    boost = {"field": "released", "by": "freshness", "half_life_days": 10, "weight": 1}
    cells = [["2026-11-20T12:00:00.000Z"], ["2026-11-10T12:00:00Z"], ["2027-01-01"], None]
    assert list(boosted(boost, cells).values()) == pytest.approx([0.1, 0.05, 0.1, 0])


def test_promotion_is_all_or_nothing() -> None:
    """Only true counts."""
    boost = {"field": "promoted", "by": "promotion", "weight": 0.3}
    assert list(boosted(boost, [[True], [False], None, []]).values()) == pytest.approx(
        [0.03, 0, 0, 0]
    )


def test_several_boosts_together_stay_within_the_margin() -> None:
    """Their sum is held at the margin, and the reason says so."""
    fields: dict[str, list[Any]] = {"margin": [[1.0]], "promoted": [[True]]}
    boosts = [
        Boost(field="margin", by="linear", full=1.0, weight=0.8),
        Boost(field="promoted", by="promotion", weight=0.8),
    ]
    after = Boosts(boosts, STORED, 0.05, NOW)("q", ranking({"p": 0.5}, fields))
    [one] = after.adjustments
    assert one.amount == pytest.approx(0.05)
    assert one.reason == "margin +0.040, promoted +0.040 (held at the margin)"
