import math
from random import Random

import pytest

from query.experiments.sequential import LEAST, Moments, difference, evidence


def moments(values: list[float]) -> Moments:
    """Moments of values."""
    found = Moments()
    for value in values:
        found = found.plus(value)
    return found


def test_moments_are_mean_and_unbiased_variance() -> None:
    """As the textbook has them; nothing has none."""
    assert moments([1.0, 2.0, 3.0, 4.0]).mean == 2.5
    assert moments([1.0, 2.0, 3.0, 4.0]).variance == pytest.approx(5 / 3)
    assert (Moments().mean, Moments().variance, moments([1.0]).variance) == (0.0, 0.0, 0.0)


def test_below_a_hundred_values_nothing_is_known() -> None:
    """The normal approximation is not trusted, and no variance is no certainty."""
    few, many = moments([0.0, 1.0] * 40), moments([0.0, 1.0] * 400)
    assert difference(few, many, 0.05).low == -math.inf
    assert difference(moments([0.0] * LEAST), moments([0.0] * LEAST), 0.05).high == math.inf


def test_the_sequence_narrows_and_is_wider_than_one_look() -> None:
    """With ten times the shoppers it is much narrower, and never as narrow as a single test's."""
    widths = []
    for count in (200, 2000, 20_000):
        half = moments([0.0, 1.0] * (count // 2))
        found = difference(half, half, 0.05)
        widths.append(found.high)
        assert found.high > 1.96 * math.sqrt(2 * half.variance / count)
    assert widths[0] > 2 * widths[1] > 4 * widths[2]


def test_evidence_is_exact_for_few_votes() -> None:
    """Of n wins in a row the mixture's likelihood is 1 / (n + 1), the coin's 2 ** -n."""
    assert evidence(0, 0) == pytest.approx(1.0)
    assert evidence(4, 0) == pytest.approx(2**4 / 5)
    assert evidence(1, 1) == pytest.approx(4 / 6)
    assert evidence(10, 30) == pytest.approx(evidence(30, 10))


def test_votes_of_a_fair_coin_seldom_convince_however_often_they_are_counted() -> None:
    """Of 400 coins looked at after each of 300 throws, at most about 5 % ever reach 20."""
    random = Random(0)
    convinced = 0
    for _ in range(400):
        wins = 0
        for thrown in range(1, 301):
            wins += random.random() < 0.5
            if evidence(wins, thrown - wins) >= 20:
                convinced += 1
                break
    assert convinced <= 0.05 * 400
