import json
from collections.abc import Callable
from typing import Any

import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import COLOURS, Shop

from query.pipelines.install import Resource

pytestmark = pytest.mark.server

Find = Callable[..., dict[str, Any]]


def test_words_and_vectors_rank_together(find: Find, shop: Shop) -> None:
    """The best hit has every word, scores lie between 0 and 1, and deleted products are hidden."""
    hits = find("red jacket", size=20)["hits"]["hits"]
    assert len(hits) == 20
    assert {"red", "jacket"} <= set(hits[0]["_source"]["title"].split())
    assert all(0 <= hit["_score"] <= 1 for hit in hits)
    assert not [hit for hit in hits if hit["_id"].startswith("x")]
    assert not {*shop.catalogue.vectors, "connector"} & set(hits[0]["_source"])


def test_without_a_vector_words_alone_rank(find: Find) -> None:
    """What has none of the words is not found."""
    hits = find("gazebo", words=True)["hits"]["hits"]
    assert [hit["_id"] for hit in hits] == ["plain"]


@pytest.mark.parametrize("kind", ["hybrid", "rrf"])
@pytest.mark.parametrize("words", [True, False])
def test_filters_hold_in_every_leg(find: Find, kind: str, words: bool) -> None:
    """Every hit meets every clause, and a full page is found although few products do."""
    clauses = [{"term": {"colour": "green"}}, {"range": {"price": {"lt": 40}}}]
    hits = find("red jacket", kind=kind, words=words, filter=clauses, size=10)["hits"]["hits"]
    shown = [hit["_source"] for hit in hits]
    assert {one["colour"] for one in shown} == {"green"}
    assert max(one["price"] for one in shown) < 40
    assert words or len(hits) == 10


def test_pages_and_aggregations(find: Find) -> None:
    """Two pages are one, and counts are of all that was found."""
    whole = find("red jacket", size=6)["hits"]["hits"]
    parts = [find("red jacket", size=3, **{"from": start})["hits"]["hits"] for start in (0, 3)]
    assert [hit["_id"] for part in parts for hit in part] == [hit["_id"] for hit in whole]
    counted = find("red jacket", words=True, aggs={"c": {"terms": {"field": "colour"}}})
    buckets = {one["key"] for one in counted["aggregations"]["c"]["buckets"]}
    assert buckets == set(COLOURS)
    named = find("red jacket", aggs={"aggs": {"terms": {"field": "colour"}}})["aggregations"]
    assert {one["key"] for one in named["aggs"]["buckets"]} == set(COLOURS)


def test_text_stays_text(find: Find) -> None:
    """Quotes, braces and mustaches of a query change nothing but what is looked for."""
    for text in ('red"}}, {"match_all": {', "{{size}} jacket", "a\\\\b\n", '"'):
        find(text, size=1)


@pytest.mark.usefixtures("installed")
def test_several_go_in_one_request(shop: Shop, searching: OpenSearch) -> None:
    """Several stored searches go in one request."""
    asked = {"id": f"{shop.alias}-hybrid", "params": {"text": "red jacket", "size": 1}}
    lines = [{"index": shop.alias}, asked, {"index": shop.alias}, asked]
    body = "".join(json.dumps(line) + "\n" for line in lines)
    answers = searching.msearch_template(body=body)["responses"]
    assert [len(answer["hits"]["hits"]) for answer in answers] == [1, 1]


def test_weights_of_the_legs_add_up(wanted: tuple[Resource, ...]) -> None:
    """One weight for each leg, at most five, one together."""
    processor = wanted[0].body["phase_results_processors"][0]["normalization-processor"]
    weights = processor["combination"]["parameters"]["weights"]
    assert len(weights) == 4
    assert sum(weights) == pytest.approx(1)
