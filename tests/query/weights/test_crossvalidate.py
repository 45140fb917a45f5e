import numpy as np
from plugins.judged_queries import features

from query.weights.crossvalidate import folds, held_out
from query.weights.learner import Learning, Start
from query.weights.table import table_of

START = Start(np.array([0.5, 0.5, 0.0], np.float32), np.array([1.0, 1.0, -1.0], np.float32))


def test_every_fold_has_its_part_of_every_catalogue() -> None:
    """Folds are even within catalogues, and the same for one seed."""
    groups = np.repeat([0, 1], [10, 5])
    dealt = folds(groups, 5, seed=3)
    assert np.bincount(dealt[:10]).tolist() == [2] * 5
    assert np.bincount(dealt[10:]).tolist() == [1] * 5
    assert np.array_equal(dealt, folds(groups, 5, seed=3))


def test_no_query_is_scored_by_weights_it_taught() -> None:
    """Weights of the catalogue whose grades follow another term do badly here, not well."""
    first, second = features(), features(seed=1, best=0)
    table = table_of([*first.queries, *second.queries])
    groups = np.repeat([0, 1], 24)
    apart = held_out(table, groups, groups, START, Learning(draws=3))
    together = held_out(table, groups, folds(groups, 4, 0), START, Learning(draws=3))
    assert apart.mean() < together.mean() - 0.1
