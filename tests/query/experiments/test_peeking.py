"""The short form of `python -m benchmarks.experiments`."""

from benchmarks.experiments import fixed, run, votes

RUNS = 120
SHOPPERS = 2000


def test_identical_rankings_are_seldom_called_different_however_often_one_looks() -> None:
    """Looking forty times, the stop rule ends at most about one experiment in twenty."""
    ended = sum(run(SHOPPERS, 0.0, seed)[0] is not None for seed in range(RUNS))
    assert ended <= 0.05 * RUNS + 1


def test_a_test_for_one_look_does_not_hold_what_it_says() -> None:
    """The same looks with the usual bound call many identical rankings different."""
    assert sum(fixed(SHOPPERS, seed) for seed in range(RUNS)) > 0.15 * RUNS


def test_a_difference_is_found() -> None:
    """Ten points more of the pages clicked take a few hundred shoppers, and never look worse."""
    ends = [run(SHOPPERS, 0.1, seed) for seed in range(20)]
    assert {decision for decision, _ in ends} == {"treatment"}
    assert all(run(SHOPPERS, -0.1, seed)[0] == "control" for seed in range(5))


def test_votes_find_a_preference_with_fewer_shoppers() -> None:
    """Seven of ten shoppers preferring one ranking is sure within a few hundred votes."""
    assert all((votes(0.7, 1000, seed) or 1001) < 400 for seed in range(50))
