import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from query.evaluate.compare import compare, corrected, interval

pairs = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30)
seldom = settings(max_examples=25, deadline=None)


@seldom
@given(pairs)
def test_turning_the_pair_round_turns_the_sign(values: list[tuple[float, float]]) -> None:
    """A against B is B against A with wins and losses exchanged and the interval mirrored."""
    one, other = [list(side) for side in zip(*values, strict=True)]
    there, back = compare(one, other), compare(other, one)
    assert (there.wins, there.losses, there.ties) == (back.losses, back.wins, back.ties)
    assert there.interval.mean == pytest.approx(-back.interval.mean, abs=1e-12)
    assert there.interval.low == pytest.approx(-back.interval.high, abs=1e-12)
    assert there.interval.high == pytest.approx(-back.interval.low, abs=1e-12)


@seldom
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_a_system_against_itself_is_a_certain_zero(values: list[float]) -> None:
    """No difference anywhere gives an interval of no width, all ties and no verdict."""
    found = compare(values, values)
    assert (found.interval.mean, found.interval.low, found.interval.high) == (0, 0, 0)
    assert (found.wins, found.losses, found.ties) == (0, 0, len(values))
    assert found.verdict == "unclear"


@seldom
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_an_interval_lies_among_its_values(values: list[float]) -> None:
    """No resampled mean leaves the range of the values, and low never passes high."""
    found = interval(values)
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9


def test_the_same_seed_gives_the_same_interval() -> None:
    """Two evaluations of the same runs say the same; another seed draws other queries."""
    values = [place**0.5 / 5 for place in range(23)]
    assert interval(values) == interval(values)
    assert interval(values, seed=1) != interval(values, seed=2)


def test_the_interval_is_as_wide_as_theory_says() -> None:
    """For many values it comes to mean ± 1.96 standard errors."""
    values = [float(place % 2) for place in range(400)]
    found = interval(values)
    assert found.low == pytest.approx(0.5 - 1.96 * 0.5 / 20, abs=0.004)
    assert found.high == pytest.approx(0.5 + 1.96 * 0.5 / 20, abs=0.004)


def test_the_verdict_needs_interval_and_p() -> None:
    """Better or worse when the interval leaves zero out and chance alone is unlikely."""
    high, low = [0.8, 0.9, 0.7, 0.85, 0.6, 0.9], [0.1, 0.2, 0.15, 0.1, 0.2, 0.3]
    assert compare(high, low).verdict == "better"
    assert compare(low, high).verdict == "worse"
    assert compare([1, 0, 1, 0], [0, 1, 0, 1]).verdict == "unclear"


def test_a_few_queries_decide_nothing() -> None:
    """Three wins of three are chance once in four, however large they are."""
    found = compare([0.9, 0.8, 0.9], [0.1, 0.1, 0.2])
    assert found.interval.low > 0
    assert found.p == 0.25
    assert found.verdict == "unclear"


def test_many_comparisons_make_a_verdict_harder() -> None:
    """What holds alone need not hold as one of twenty."""
    found = compare([1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0])
    assert found.verdict == "better"
    assert {one.verdict for one in corrected([found] * 20)} == {"unclear"}


def test_rounding_noise_is_a_tie() -> None:
    """A difference in the last digit is no win."""
    found = compare([0.1 + 0.2], [0.3])
    assert (found.wins, found.losses, found.ties) == (0, 0, 1)
