from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from plugins.query_shop import Shop

pytestmark = pytest.mark.server

Json = dict[str, Any]

WORDS: Json = {"match": {"title": "red jacket"}}
EXPLAIN: Json = {"ext": {"connector": {"explain": True}}}


@pytest.fixture(scope="module")
def pit(shop: Shop, ranked: httpx.Client) -> Iterator[str]:
    """A point in time of the shop."""
    made = ranked.post(f"/{shop.alias}/_search/point_in_time?keep_alive=5m").json()
    yield made["pit_id"]
    ranked.request("DELETE", "/_search/point_in_time", json={"pit_id": [made["pit_id"]]})


def ids(answer: Json) -> list[str]:
    return [hit["_id"] for hit in answer["hits"]["hits"]]


@pytest.mark.parametrize("tie", ["_id", "_doc"])
@pytest.mark.parametrize("size", [7, 20])
def test_a_point_in_time_is_walked_to_its_last_hit(
    ranked: httpx.Client, find: Any, pit: str, tie: str, size: int
) -> None:
    """Page after page behind the last hit: the ranking, then what follows, each product once."""
    body: Json = {
        "query": WORDS,
        "_source": False,
        "size": size,
        "pit": {"id": pit, "keep_alive": "5m"},
        "sort": [{"_score": "desc"}, {tie: "asc"}],
        **EXPLAIN,
    }
    walked: list[str] = []
    for _ in range(10):
        answer = ranked.post("/_search", json=body).json()
        assert answer["ext"]["connector"]["mode"] == "hybrid"
        assert answer["pit_id"] == pit
        walked += ids(answer)
        if not ids(answer):
            break
        body["search_after"] = answer["hits"]["hits"][-1]["sort"]
    assert walked == ids(find(WORDS, size=100))


def test_a_point_in_time_of_something_else_is_left_alone(shop: Shop, ranked: httpx.Client) -> None:
    """Of the index behind the alias, where deleted products are seen, and of nothing at all."""
    made = ranked.post(f"/{shop.alias}-v1/_search/point_in_time?keep_alive=1m").json()
    for pit in (made["pit_id"], "bm90aGluZw=="):
        asked = {"query": WORDS, "pit": {"id": pit}, **EXPLAIN}
        answer = ranked.post("/_search", json=asked).json()
        assert answer.get("ext", {}).get("connector", {}).get("mode") in {None, "pass"}
    ranked.request("DELETE", "/_search/point_in_time", json={"pit_id": [made["pit_id"]]})
