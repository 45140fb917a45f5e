from collections import defaultdict
from typing import Any

import pytest
from plugins.query_shop import Shop

pytestmark = pytest.mark.server

Json = dict[str, Any]

WORDS: Json = {"match": {"title": "red jacket"}}


def ids(answer: Json) -> list[str]:
    return [hit["_id"] for hit in answer["hits"]["hits"]]


@pytest.mark.parametrize("field", ["brand.keyword", "colour", "stock"])
def test_a_group_shows_its_best_product(shop: Shop, find: Any, field: str) -> None:
    """The first of each value in the ranking, with the value beside it; the total counts all."""
    whole = find(WORDS, size=100)
    answer = find(WORDS, size=100, collapse={"field": field})
    name = field.partition(".")[0]
    first: dict[Any, str] = {}
    for id_ in ids(whole):
        first.setdefault(shop.documents[id_].get(name), id_)
    assert answer["ext"]["connector"]["mode"] == "hybrid"
    assert ids(answer) == list(first.values())
    assert answer["hits"]["total"] == whole["hits"]["total"]
    shown = [hit["fields"][field][0] for hit in answer["hits"]["hits"] if field in hit["fields"]]
    assert len(set(shown)) == len(shown)


def test_groups_are_paged_through_once(find: Any) -> None:
    """As if they were products."""
    whole = ids(find(WORDS, size=50, collapse={"field": "stock"}))
    pages = [find(WORDS, size=2, collapse={"field": "stock"}, **{"from": n}) for n in (0, 2, 4)]
    assert [id_ for page in pages for id_ in ids(page)] == whole


def test_inner_hits_are_the_whole_group(shop: Shop, find: Any) -> None:
    """Sorted as asked, or the best of the ranking first and what the query finds below it."""
    inner = [
        {"name": "cheap", "size": 50, "sort": [{"price": "asc"}], "_source": ["price"]},
        {"name": "best", "size": 3, "_source": False},
    ]
    answer = find(WORDS, size=3, collapse={"field": "brand.keyword", "inner_hits": inner})
    everything = ids(find(WORDS, size=100))
    groups = defaultdict(list)
    for id_ in everything:
        groups[shop.documents[id_]["brand"]].append(id_)
    for hit in answer["hits"]["hits"]:
        members = groups[hit["fields"]["brand.keyword"][0]]
        cheap, best = (hit["inner_hits"][name]["hits"] for name in ("cheap", "best"))
        assert sorted(one["_id"] for one in cheap["hits"]) == sorted(members)
        prices = [one["_source"]["price"] for one in cheap["hits"]]
        assert prices == sorted(prices)
        scores = [one["_score"] for one in best["hits"]]
        assert best["hits"][0]["_id"] == hit["_id"]
        assert scores == sorted(scores, reverse=True)
        assert scores[0] == hit["_score"] == best["max_score"]
