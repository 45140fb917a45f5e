import ir_measures
import numpy as np
from ir_measures import Qrel, ScoredDoc, nDCG
from plugins.judged_queries import features

from query.weights.features import Judged
from query.weights.table import table_of


def test_ndcg_is_the_one_that_evaluations_report() -> None:
    """Value for value what the evaluation's library says of the same ranking."""
    shop = features(queries=5)
    weights = np.array([0.3, 0.7, -0.2], np.float32)
    found = table_of(shop.queries).measure(weights)
    for value, one in zip(found, shop.queries, strict=True):
        scores = one.values @ weights
        run = [ScoredDoc("q", id_, float(s)) for id_, s in zip(one.ids, scores, strict=True)]
        grades = [Qrel("q", id_, int(g)) for id_, g in zip(one.ids, one.grades, strict=True)]
        expected = ir_measures.calc_aggregate([nDCG @ 10], grades, run)[nDCG @ 10]
        assert abs(float(value) - expected) < 1e-6


def test_equal_scores_are_ranked_by_id() -> None:
    """As a search does: of equal products the one with the first id stands first."""
    values = np.zeros((3, 1), np.float32)
    one = Judged("q", "", ("a", "b", "c"), values, np.array([0, 1, 0], np.float32), (1.0,))
    assert np.isclose(table_of([one]).measure(np.ones(1, np.float32))[0], 1 / np.log2(3))


def test_a_shorter_list_of_candidates_is_not_filled_up() -> None:
    """Queries with fewer candidates score beside longer ones as they do alone."""
    long, short = features(queries=2).queries
    few = Judged("q", "", short.ids[:4], short.values[:4], short.grades[:4], short.ideal)
    weights = np.array([-1.0, -1.0, -1.0], np.float32)
    beside = table_of([long, few]).measure(weights)
    assert np.isclose(beside[1], table_of([few]).measure(weights)[0])


def test_each_query_may_have_weights_of_its_own() -> None:
    """A set of weights per query scores as each does alone; no candidate at all scores 0."""
    table = table_of(features(queries=3).queries)
    sets = np.random.default_rng(0).random((3, 3)).astype(np.float32)
    alone = [table.measure(weights)[row] for row, weights in enumerate(sets)]
    assert np.allclose(table.measure(sets), alone)


def test_contenders_rank_as_all_do() -> None:
    """Leaving out what is far behind changes no nDCG around the weights that chose."""
    table = table_of(features().queries)
    weights = np.array([0.5, 0.5, -0.1], np.float32)
    kept = table.contenders([weights], 20)
    assert kept.bias.shape == (24, 20)
    assert np.allclose(kept.measure(weights), table.measure(weights))
