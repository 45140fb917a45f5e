import numpy as np
from plugins.judged_queries import features

from query.weights.learner import Learning, Start, learn, unit
from query.weights.table import table_of

START = Start(np.array([0.8, 0.2, -0.1], np.float32), np.array([1.0, 1.0, -1.0], np.float32))
FAST = Learning(draws=6)


def test_what_grades_follow_gains_weight() -> None:
    """Learning finds the term that matters and ranks better than where it started."""
    table, groups = table_of(features().queries), np.zeros(24, np.intp)
    weights = learn(table, groups, START, FAST)
    assert weights[1] > 0.7
    assert table.measure(weights).mean() > table.measure(START.weights).mean() + 0.2
    assert np.isclose(weights[weights > 0].sum(), 1.0)


def test_the_same_seed_learns_the_same() -> None:
    """Two runs give the same weights to the last digit."""
    table, groups = table_of(features().queries), np.zeros(24, np.intp)
    assert np.array_equal(learn(table, groups, START, FAST), learn(table, groups, START, FAST))


def test_no_weight_crosses_zero() -> None:
    """A term that may only count against a product never counts for it, though grades say so."""
    table, groups = table_of(features(best=2).queries), np.zeros(24, np.intp)
    weights = learn(table, groups, START, FAST)
    assert weights[2] <= 0
    assert (weights[:2] >= 0).all()


def test_a_pull_strong_enough_stays_at_the_start() -> None:
    """What a change of weights earns must be more than it costs."""
    table, groups = table_of(features().queries), np.zeros(24, np.intp)
    weights = learn(table, groups, START, Learning(penalty=100.0, draws=3))
    assert np.allclose(weights, unit(START.weights))


def test_each_catalogue_counts_the_same() -> None:
    """Many queries of one catalogue do not outvote the few of another."""
    many, few = features(queries=60), features(queries=20, seed=1, best=0)
    table = table_of([*many.queries, *few.queries])
    groups = np.repeat([0, 1], [60, 20])
    even = Start(np.array([0.5, 0.5, 0.0], np.float32), START.signs)
    apart = learn(table, groups, even, FAST)
    together = learn(table, np.zeros(80, np.intp), even, FAST)
    assert apart[0] > together[0]
