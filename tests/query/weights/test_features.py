import json

import numpy as np
import pytest
from plugins.judged_queries import MODEL, TERMS, WEIGHTS, features, ranking
from plugins.query_shop import Shop

from query.ranking import Ranking
from query.request import SearchRequest
from query.search import Searcher
from query.weights.features import Features, collect, judged
from query.weights.files import shipped


def test_grades_of_products_that_were_not_found_count_for_the_ideal() -> None:
    """What nobody found is missing from the candidates, not from what could have been found."""
    found = ranking(("b", "a"), np.eye(2, 3, dtype=np.float32), WEIGHTS)
    one = judged("q1", "torch", found, {"a": 1, "c": 3, "d": 0}, MODEL)
    assert one.ids == ("a", "b")
    assert one.grades.tolist() == [1.0, 0.0]
    assert one.ideal == (3.0, 1.0, 0.0)


def test_a_term_teaches_as_much_as_it_counted() -> None:
    """Where a search gives a term half its weight, its values are worth half."""
    values = np.ones((2, 3), np.float32)
    found = ranking(("a", "b"), values, WEIGHTS * np.array([1.0, 0.5, 0.0], np.float32))
    one = judged("q1", "torch", found, {"a": 1}, MODEL)
    assert one.values.tolist() == [[1.0, 0.5, 0.0]] * 2


def test_every_query_is_asked_once() -> None:
    """Collecting asks the texts in their order and says how far it is."""
    asked: list[str] = []
    done: list[int] = []

    def rank(text: str) -> Ranking:
        asked.append(text)
        return ranking(("a", "b"), np.eye(2, 3, dtype=np.float32), WEIGHTS)

    queries = {"q1": "torch", "q2": "tent"}
    terms, found = collect(rank, queries, {"q1": {"a": 1}, "q2": {"b": 2}}, MODEL, done.append)
    assert (terms, asked, done) == (TERMS, ["torch", "tent"], [1, 2])
    assert [one.id for one in found] == ["q1", "q2"]


def test_terms_come_in_the_order_asked() -> None:
    """A term that the features lack is 0 everywhere."""
    shop: Features = features()
    turned = shop.ordered(("vector", "title", "lexical"))
    first, before = turned.queries[0].values, shop.queries[0].values
    assert np.array_equal(first[:, [0, 2]], before[:, [1, 0]])
    assert not first[:, 1].any()


@pytest.mark.server
@pytest.mark.parametrize("text", ["red wool jacket", "lamp without cable", "headphones"])
def test_training_reads_what_evidence_shows(shop: Shop, searcher: Searcher, text: str) -> None:
    """The JSON of a response holds the features, and they add up to the score it shows."""
    hits = json.loads(json.dumps(searcher.search(SearchRequest(text)).as_json()))["hits"]
    ranked = searcher.rank(SearchRequest(text))
    values = [{term["name"]: term["value"] for term in hit["evidence"]["terms"]} for hit in hits]
    shown = np.array([[each[name] for name in ranked.terms] for each in values], np.float32)
    kept = judged("q", text, ranked, {hits[0]["id"]: 1}, shipped().weights)
    rows = [kept.ids.index(hit["id"]) for hit in hits]
    assert np.allclose(shown, kept.values[rows], atol=1e-6)
    assert np.allclose(shown @ ranked.weights, [hit["score"] for hit in hits], atol=1e-5)
    assert shop.alias
