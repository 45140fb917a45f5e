from random import Random

import pytest

from query.ubi.shopper import Habits, visit

IDS = [f"p{place}" for place in range(10)]
MANY = 4000


def clicks(grades: dict[str, int], habits: Habits) -> list[float]:
    """The share of visits that click at each place."""
    random = Random(1)
    visits = [visit(IDS, grades, 3, habits, random) for _ in range(MANY)]
    return [sum(place in one.clicked for one in visits) / MANY for place in range(len(IDS))]


def test_the_same_product_is_clicked_less_the_lower_it_stands() -> None:
    """Where all are wanted alike, clicks fall as the places' examination does."""
    habits = Habits(abandon=0.0, satisfied=0.0)
    found = clicks(dict.fromkeys(IDS, 3), habits)
    for place, share in enumerate(found):
        assert share == pytest.approx(habits.attraction / (place + 1), abs=0.04)


def test_what_nobody_wants_is_clicked_by_mistake() -> None:
    """Noise is the share of clicks on a product of grade 0 that was looked at."""
    assert clicks({}, Habits(abandon=0.0))[0] == pytest.approx(Habits().noise, abs=0.02)


def test_who_is_satisfied_or_tired_looks_no_further() -> None:
    """Satisfaction and abandonment both leave fewer clicks below."""
    wanted = dict.fromkeys(IDS, 3)
    patient = clicks(wanted, Habits(abandon=0.0, satisfied=0.0))
    assert sum(clicks(wanted, Habits(abandon=0.0, satisfied=0.9))) < sum(patient)
    assert sum(clicks(wanted, Habits(abandon=0.3, satisfied=0.0))) < sum(patient)


def test_only_what_is_in_the_cart_is_bought() -> None:
    """Every purchase was carted, every carted product clicked, and none was unwanted."""
    random = Random(2)
    for _ in range(MANY):
        done = visit(IDS, {"p0": 3, "p1": 1}, 3, Habits(), random)
        assert set(done.bought) <= set(done.carted) <= set(done.clicked) & {0, 1}
