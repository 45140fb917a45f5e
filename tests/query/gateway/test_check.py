import gzip
from typing import Any

import orjson
import pytest

from connector.settings import GatewaySettings
from query.gateway import check, route
from query.gateway.refuse import Refused

LIMITS = GatewaySettings()


def allow(body: dict[str, Any], path: str = "/products/_search", query: str = "") -> None:
    call = route.read("POST", path.encode(), query.encode())
    check.require_allowed(call, check.read(call, {}, orjson.dumps(body), 10**7).objects, LIMITS)


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
        (nested(6), 400),
        ({"size": 9_999, "from": 2}, 400),
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
        {"query": {"match": {"title": "jacket"}}, "size": 10_000},
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
    with pytest.raises(Refused, match="from and size"):
        allow({}, query="size=20000")


@pytest.mark.parametrize("size", ["%C2%B2", "-1", "1" * 5_000, "", "ten"])
def test_a_size_that_is_no_number_is_left_to_the_cluster(size: str) -> None:
    """What cannot be read as a count is the cluster's to refuse, and harms nobody here."""
    allow({}, query=f"size={size}")


@pytest.mark.parametrize(
    ("kind", "query"),
    [("application/yaml", ""), ("application/cbor", ""), ("", "source_content_type=text/yaml")],
)
def test_bodies_in_other_forms_than_json_are_refused(kind: str, query: str) -> None:
    """What the cluster would read and the gateway does not goes no further."""
    call = route.read("POST", b"/products/_search", query.encode())
    with pytest.raises(Refused) as refused:
        check.require_json(call, kind)
    assert refused.value.status == 406


@pytest.mark.parametrize(
    ("method", "kind", "raw", "search"),
    [
        ("POST", "application/json; charset=UTF-8", b"{}", True),
        ("GET", "", b"", True),
        ("HEAD", "", b"", False),
        ("POST", "", b"{}", False),
        ("POST", "application/x-www-form-urlencoded", b"{}", False),
    ],
)
def test_what_the_cluster_takes_for_no_search_is_none(
    method: str, kind: str, raw: bytes, search: bool
) -> None:
    """Neither a verb that asks nothing nor a body that does not say that it is JSON."""
    call = route.read(method, b"/products/_search", b"")
    said = {"content-type": kind}
    assert check.is_search(call, said, raw, check.read(call, said, raw, 100).texts) is search


@pytest.mark.parametrize(
    ("path", "raw", "search"),
    [
        (b"/a/_search", b'{"query": {"match": {"t": "a"}}, "size": 1}', True),
        (b"/a/_search", b'{"query": {"match": {"t": "a", "t": "b"}}}', False),
        (b"/a/_search", b'{"size": 1, "size": 2}', False),
        (b"/_msearch", b'{}\n{"size": 1}\n{}\n{"size": 1}\n', True),
        (b"/_msearch", b'{}\n{"size": 1}\n{}\n{"size": 1, "size": 2}\n', False),
    ],
)
def test_a_field_that_stands_twice_is_the_clusters_to_refuse(
    path: bytes, raw: bytes, search: bool
) -> None:
    """However deep, packed or not, and in any of several searches."""
    call, said = route.read("POST", path, b""), {"content-type": "application/json"}
    packed = {**said, "content-encoding": "gzip"}
    for headers, sent in ((said, raw), (packed, gzip.compress(raw))):
        texts = check.read(call, headers, sent, 100).texts
        assert check.is_search(call, headers, sent, texts) is search


def test_heads_of_several_searches_may_be_empty_lines() -> None:
    """They count as heads that say nothing; empty lines before the first one do not count."""
    call = route.read("POST", b"/products/_msearch", b"")
    lines = b'\n{"index":"a"}\n{"size":1}\n\n{"size":2}\n'
    assert check.read(call, {}, lines, 100).objects == [
        {"index": "a"},
        {"size": 1},
        {},
        {"size": 2},
    ]
    with pytest.raises(Refused, match="newline"):
        check.read(call, {}, lines[:-1], 100)


def test_templates_written_in_the_request_are_refused() -> None:
    """A template can assemble what the gateway would refuse; stored ones are their author's."""
    with pytest.raises(Refused, match="template"):
        allow({"source": "{}"}, "/products/_search/template")
    allow({"id": "stored", "params": {"text": "jacket"}}, "/products/_search/template")


def test_nobody_ends_the_scrolls_of_others() -> None:
    """`_all` names what other clients hold."""
    with pytest.raises(Refused, match="scrolls"):
        allow({"scroll_id": ["_all"]}, "/_search/scroll")


def test_a_compressed_body_is_measured_unpacked() -> None:
    """A small stream of a large body is refused before it is unpacked whole."""
    bomb = gzip.compress(b" " * 2_000_000)
    with pytest.raises(Refused) as refused:
        check.plain(bomb, "gzip", LIMITS.body_bytes)
    assert refused.value.status == 413
    assert check.plain(gzip.compress(b"{}"), "gzip", LIMITS.body_bytes) == b"{}"
    for wrong in (b"no gzip", gzip.compress(b"{}")[:-4], gzip.compress(b"{}") * 2):
        with pytest.raises(Refused):
            check.plain(wrong, "gzip", LIMITS.body_bytes)
