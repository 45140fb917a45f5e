import base64
from typing import Any

import orjson
import pytest

from connector.settings import GatewaySettings
from query.gateway import caps, check, route
from query.gateway.refuse import Refused

LIMITS = GatewaySettings()


def allow(
    body: dict[str, Any], path: str = "/products/_search", query: str = "", **own: int
) -> None:
    call = route.read("POST", path.encode(), query.encode())
    limits = LIMITS.model_copy(update=own)
    caps.require_allowed(call, check.read(call, {}, orjson.dumps(body), 10**7), limits)


def wrapped(query: object) -> dict[str, Any]:
    return {"query": {"wrapper": {"query": base64.b64encode(orjson.dumps(query)).decode()}}}


def nested(depth: int) -> dict[str, Any]:
    deepest = {"terms": {"field": "brand"}}
    for _ in range(depth - 1):
        deepest = {**deepest, "aggs": {"a": deepest}}  # type: ignore[dict-item]
    return {"aggs": {"a": deepest}}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"script_fields": {"a": {"script": "1"}}}, 403),
        ({"query": {"bool": {"filter": [{"script": {"script": "true"}}]}}}, 403),
        ({"query": {"function_score": {"script_score": {"script": "1"}}}}, 403),
        ({"query": {"script_score": {"query": {}, "script": {"source": "1"}}}}, 403),
        ({"sort": [{"_script": {"type": "number", "script": "1"}}]}, 403),
        ({"aggs": {"a": {"scripted_metric": {"map_script": "1"}}}}, 403),
        ({"aggs": {"a": {"terms": {"script": "1"}}}}, 403),
        ({"derived": {"a": {"type": "long", "script": "1"}}}, 403),
        ({"query": {"terms_set": {"a": {"minimum_should_match_script": {"source": "1"}}}}}, 403),
        ({"suggest": {"a": {"phrase": {"field": "b", "collate": {"query": {}}}}}}, 403),
        (wrapped({"bool": {"filter": {"script": {"script": "true"}}}}), 403),
        (wrapped(wrapped({"script_score": {"script": "1"}})["query"]), 403),
        ({"query": {"wrapper": {"query": "no base64"}}}, 400),
        (nested(6), 400),
        ({"size": 9_999, "from": 2}, 400),
        ({"size": "9999", "from": "2"}, 400),
        ({"size": 10_001.0}, 400),
        ({"query": {"match": {"title": "a," * 499 + "a,b"}}}, 400),
        ({"query": {"match": {"title": "\u6771" * 501}}}, 400),
        ({"query": {"match": {"id": "x" * 1_001}}}, 400),
        ({"query": {"knn": {"title_vector": {"vector": [1], "k": "10001"}}}}, 400),
        ({"query": {"match": {"title": "x" * 1_001}}}, 400),
        ({"query": {"match": {"title": {"query": "x" * 1_001}}}}, 400),
        ({"query": {"terms": {"brand": ["x" * 1_001]}}}, 400),
        ({"query": {"bool": {"should": [{"match": {"title": "a"}}] * 1_100}}}, 400),
        ({"query": {"knn": {"title_vector": {"vector": [1], "k": 10_001}}}}, 400),
    ],
)
def test_what_costs_too_much_or_runs_code_is_refused(body: dict[str, Any], status: int) -> None:
    """Scripts are forbidden wherever they stand, and every cap holds."""
    with pytest.raises(Refused) as refused:
        allow(body)
    assert refused.value.status == status


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": {"match": {"script": "a title in a field of that name"}}},
        {"script_fields": {}, "query": {"match": {"title": "red"}}},
        {"query": {"match": {"wrapper": {"query": "a title in a field of that name"}}}},
        {"query": {"match": {"title": "jacket"}}, "size": 10_000},
        {"query": {"match": {"title": "a b " * 250}}},
        {"pit": {"id": "x" * 5_000}},
        wrapped({"match": {"title": "jacket"}}),
        nested(5),
    ],
)
def test_ordinary_bodies_are_allowed(body: dict[str, Any]) -> None:
    """What stays within the caps goes on, fields of any name included."""
    allow(body)


def test_a_search_in_the_address_is_checked_too() -> None:
    """A body hidden in the query string meets the same caps."""
    with pytest.raises(Refused, match="scripts"):
        allow({}, query='source={"script_fields":{"a":{"script":"1"}}}')
    with pytest.raises(Refused, match="scripts"):
        allow({}, query='q=a;source={"script_fields":{"a":{"script":"1"}}}')
    for beyond in (
        "from=10001",
        "from=%2B10001",
        "from=%EF%BC%91%EF%BC%90%EF%BC%90%EF%BC%90%EF%BC%91",
    ):
        with pytest.raises(Refused, match="from and size"):
            allow({}, query=beyond)
    with pytest.raises(Refused, match="from and size"):
        allow({"from": 9_000}, query="size=2000")
    with pytest.raises(Refused, match="a page has more"):
        allow({}, query="size=11", size=10)
    for words in ("q", "suggest_text"):
        with pytest.raises(Refused, match="characters"):
            allow({}, query=f"{words}={'x' * 1_001}")


@pytest.mark.parametrize("size", ["%C2%B2", "-1", "1" * 5_000, "", "ten"])
def test_a_size_that_is_no_number_is_left_to_the_cluster(size: str) -> None:
    """What cannot be read as a count is the cluster's to refuse, and harms nobody here."""
    allow({}, query=f"size={size}")


def test_templates_written_in_the_request_are_refused() -> None:
    """A template can assemble what the gateway would refuse; stored ones are their author's."""
    with pytest.raises(Refused, match="template"):
        allow({"source": "{}"}, "/products/_search/template")
    allow({"id": "stored", "params": {"text": "jacket"}}, "/products/_search/template")


def test_what_a_stored_template_makes_has_caps_and_its_scripts() -> None:
    """Its author wrote the scripts; a client's parameters make it large."""
    caps.require_modest({"script_fields": {"a": {"script": "1"}}, "size": 10}, LIMITS)
    many = {"query": {"bool": {"should": [{"match": {"title": "a"}}] * 1_100}}}
    for beyond in (
        {"from": "9999", "size": 2},
        many,
        nested(6),
        {"suggest": {"text": "x" * 1_001}},
    ):
        with pytest.raises(Refused, match="see the settings") as refused:
            caps.require_modest(beyond, LIMITS)
        assert refused.value.status == 400


def test_templates_of_a_ranked_evaluation_are_refused() -> None:
    """They make searches that nobody sees here; searches that are written out go on."""
    searches = [{"id": "a", "request": {"query": {"match": {"title": "a"}}}, "ratings": []}]
    allow({"requests": searches}, "/products/_rank_eval")
    with pytest.raises(Refused, match="template"):
        allow({"requests": [], "templates": []}, "/products/_rank_eval")


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("DELETE", "/_search/scroll", {"scroll_id": ["_all"]}),
        ("DELETE", "/_search/scroll", {"scroll_id": "_all"}),
        ("DELETE", "/_search/scroll?scroll_id=_all", {}),
        ("DELETE", "/_search/scroll?scroll_id=%5Fall,", {}),
        ("DELETE", "/_search/scroll/_all,", {}),
        ("DELETE", "/_search/point_in_time", {"pit_id": ["_all"]}),
    ],
)
def test_nobody_ends_what_others_hold_open(method: str, address: str, body: dict[str, Any]) -> None:
    """`_all` names the scrolls and points in time of every client, wherever it stands."""
    path, _, query = address.partition("?")
    call = route.read(method, path.encode(), query.encode())
    with pytest.raises(Refused, match="of every client"):
        caps.require_allowed(call, check.read(call, {}, orjson.dumps(body), 100), LIMITS)
