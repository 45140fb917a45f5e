import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from query.evaluate.significance import holm, randomisation

differences = st.lists(st.floats(-1, 1), max_size=20)
chances = st.lists(st.floats(0, 1), min_size=1, max_size=20)
seldom = settings(max_examples=25, deadline=None)


def test_no_difference_is_certainly_chance() -> None:
    """Without any difference, or any query, p is 1."""
    assert randomisation([]) == 1
    assert randomisation([0.0] * 50) == 1


def test_few_differences_are_counted_out() -> None:
    """Of 2^n ways to exchange, two are as extreme as all queries going one way."""
    assert randomisation([0.1] * 5) == 2 / 2**5
    assert randomisation([0.1, 0.2, -0.3]) == 1
    assert randomisation([0.4, 0.2, -0.1]) == 4 / 2**3


def test_sampling_comes_to_what_counting_gives() -> None:
    """Fourteen differences are sampled; all 16,384 exchanges say the same within .02."""
    values = [0.3, 0.25, -0.2, 0.15, 0.1, 0.1, -0.1, 0.05, 0.05, -0.05, 0.04, 0.02, 0.02, -0.01]
    found = abs(sum(values)) - 1e-12
    signs = itertools.product((1, -1), repeat=len(values))
    ways = [abs(sum(s * v for s, v in zip(sign, values, strict=True))) >= found for sign in signs]
    assert randomisation(values) == pytest.approx(sum(ways) / len(ways), abs=0.02)


@seldom
@given(differences)
def test_neither_order_nor_direction_counts(values: list[float]) -> None:
    """Turning every difference round, or adding queries without one, leaves p where it is."""
    p = randomisation(values)
    assert 0 < p <= 1
    assert randomisation([-value for value in values]) == pytest.approx(p, abs=1e-12)
    assert randomisation([0.0, *values, 0.0]) == p


@given(chances)
def test_correction_is_cautious_and_keeps_the_order(values: list[float]) -> None:
    """No corrected p is below its own or above n times it, and none overtakes another."""
    found = holm(values)
    for before, after in zip(values, found, strict=True):
        assert before <= after <= min(1, len(values) * before)
    order = sorted(range(len(values)), key=values.__getitem__)
    assert [found[place] for place in order] == sorted(found)


def test_holm_is_what_the_paper_says() -> None:
    """The smallest is taken times n, the next times n - 1, and never below the one before."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
