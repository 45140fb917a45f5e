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
    assert verdict.figures == {"searches": 20, "p95": "10.0 ms (10.0 ms)"}


@pytest.mark.parametrize(
    ("old", "new", "passed"), [(20.0, 29.0, True), (20.0, 31.0, False), (1.0, 5.9, True)]
)
def test_half_as_slow_again_is_too_slow(old: float, new: float, passed: bool) -> None:
    """Unless nobody feels it."""
    verdict = judge(old, new, 200)
    assert verdict.passed is passed
    assert passed or "31.0 ms on the new index and 20.0 ms" in verdict.reason
