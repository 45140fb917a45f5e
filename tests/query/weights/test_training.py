from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from plugins.judged_queries import FIRST_PASS, features

from connector.errors import WeightsError
from query.weights.files import shipped
from query.weights.learner import Learning
from query.weights.model import Model
from query.weights.pool import Rivals
from query.weights.training import train

DAY = date(2026, 11, 21)
FAST = Learning(draws=3)


def _model(lexical: float, vector: float, first_pass: dict[str, float] = FIRST_PASS) -> Model:
    terms = {
        "lexical": {"weight": lexical},
        "vector": {"weight": vector},
        "accessory": {"weight": -0.1, "sign": "-"},
    }
    return Model.model_validate({"terms": terms, "first_pass": first_pass, "created": "2026-11-21"})


def test_the_file_tells_where_its_weights_come_from() -> None:
    """Catalogues, start, folds and what the weights are worth, held out and unseen, are in it."""
    start = _model(0.5, 0.5)
    samples = [features(), features(seed=1, name="store")]
    trained = train(samples, Rivals(start, start), DAY, FAST)
    found = trained.model.trained
    assert found
    assert [(one.catalogue, one.queries) for one in found.sources] == [("shop", 24), ("store", 24)]
    assert found.settings == {"penalty": 0.03, "draws": 3, "seed": 0, "folds": 5}
    assert set(found.report["catalogues"]) == {"shop", "store"}
    worth = found.report["catalogues"]["shop"]
    assert len(worth["folds"]) == 5
    assert worth["held_out"] > worth["in_force"] + 0.05
    assert worth["unseen"] > worth["in_force"] + 0.05
    assert trained.verdict.reasons == ()
    assert Model.model_validate_json(trained.model.as_json()) == trained.model


def test_worse_than_what_is_in_force_is_not_neutral() -> None:
    """Weights that rank well already are not given up for ones that were just learned."""
    start = _model(0.99, 0.01)
    trained = train(
        [features()], Rivals(start, in_force=_model(0.0, 1.0)), DAY, Learning(penalty=1.0, draws=3)
    )
    assert trained.verdict.reasons


def test_features_of_another_first_pass_are_refused() -> None:
    """Neighbours and feedback of another first pass are other features."""
    start, other = _model(0.5, 0.5), _model(0.5, 0.5, {"lexical": 1.0})
    with pytest.raises(WeightsError, match="another first pass"):
        train([replace(features(), first_pass={"vector": 1.0})], Rivals(start, start), DAY, FAST)
    with pytest.raises(WeightsError, match="start from them with --from"):
        train([features()], Rivals(start, other), DAY, FAST)


def test_a_handful_of_queries_is_too_few() -> None:
    """What nine queries teach is chance."""
    start = _model(0.5, 0.5)
    with pytest.raises(WeightsError, match="9 judged queries are too few"):
        train([features(queries=9)], Rivals(start, start), DAY, FAST)


def test_judgments_of_other_products_are_refused() -> None:
    """Where nothing that is found has a grade, any weights would pass for neutral."""
    start, judged = _model(0.5, 0.5), features()
    strange = tuple(replace(one, grades=one.grades * 0) for one in judged.queries)
    with pytest.raises(WeightsError, match="are the product ids those of this index"):
        train([replace(judged, queries=strange)], Rivals(start, start), DAY, FAST)


def test_few_queries_that_find_what_was_judged_are_too_few() -> None:
    """Queries without a graded product among their candidates tell nothing, and count for nothing."""
    start, judged = _model(0.5, 0.5), features()
    queries = tuple(
        replace(one, grades=one.grades * (row < 9)) for row, one in enumerate(judged.queries)
    )
    with pytest.raises(WeightsError, match="9 of 24 judged queries find a product with a grade"):
        train([replace(judged, queries=queries)], Rivals(start, start), DAY, FAST)


def test_judgments_that_every_ranking_meets_install_nothing() -> None:
    """Where all weights rank the one graded product first, those in force stay."""
    start, judged = _model(0.5, 0.5), features()
    easy = tuple(
        replace(
            one,
            grades=np.array([3.0, *[0.0] * 29], np.float32),
            values=np.array([[1.0, 1.0, 0.0], *[[0.0, 0.0, 0.0]] * 29], np.float32),
            ideal=(3.0,),
        )
        for one in judged.queries
    )
    rivals = Rivals(start, in_force=_model(0.2, 0.8))
    trained = train([replace(judged, queries=easy)], rivals, DAY, FAST)
    assert trained.verdict.reasons[0].startswith("they rank none of the 24 judged queries")


def test_terms_without_features_keep_their_weights() -> None:
    """A term that searches leave out teaches nothing, and loses nothing."""
    trained = train([features()], Rivals(shipped(), shipped()), DAY, FAST)
    before, after = shipped().weights, trained.model.weights
    assert after["coverage"] / after["words"] == pytest.approx(
        before["coverage"] / before["words"], rel=0.01
    )


def test_a_catalogue_counts_once() -> None:
    """Two files of one catalogue would make it weigh twice."""
    start = _model(0.5, 0.5)
    with pytest.raises(WeightsError, match="shop, shop: bring each once"):
        train([features(), features(seed=1)], Rivals(start, start), DAY, FAST)
