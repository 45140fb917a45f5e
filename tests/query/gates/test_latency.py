import itertools

import pytest

from mappings.gate import Crossing
from query.gates import latency
from query.gates.latency import judge

pytestmark = pytest.mark.encoder


def test_both_indices_are_asked_every_query_in_turn(worse: Crossing) -> None:
    """By a clock that goes on by the same for each search: equally fast passes."""
    ticks = itertools.count(step=0.01)
    verdict = latency.gate(worse, lambda: next(ticks))
    assert verdict.passed
    assert verdict.figures["searches"] == 20
    assert verdict.figures["p95"] == "10.0 ms (10.0 ms)"


@pytest.mark.parametrize(
    ("old", "new", "passed"), [(20.0, 29.0, True), (20.0, 31.0, False), (1.0, 5.9, True)]
)
def test_half_as_slow_again_is_too_slow(old: float, new: float, passed: bool) -> None:
    """Unless nobody feels it."""
    verdict = judge([old] * 200, [new] * 200)
    assert verdict.passed is passed
    assert passed or "31.0 ms on the new index and 20.0 ms" in verdict.reason


def test_searches_that_were_held_up_by_chance_refuse_nothing() -> None:
    """Of ten, the slowest is the p95; a tenth of two hundred is no chance any more."""
    assert judge([20.0] * 10, [20.0] * 9 + [90.0]).passed
    assert not judge([20.0] * 200, [20.0] * 180 + [90.0] * 20).passed
