import gzip
import zlib
from collections.abc import Callable

import pytest

from connector.settings import GatewaySettings
from query.gateway import check, route
from query.gateway.refuse import Refused

LIMITS = GatewaySettings()


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
        ("POST", "application/json", b"true", False),
        ("POST", "application/json", b"[{}]", False),
        ("POST", "application/x-www-form-urlencoded", b"{}", False),
    ],
)
def test_what_the_cluster_takes_for_no_search_is_none(
    method: str, kind: str, raw: bytes, search: bool
) -> None:
    """Neither a verb that asks nothing nor a body that does not say that it is JSON."""
    call = route.read(method, b"/products/_search", b"")
    said = {"content-type": kind}
    assert check.is_search(call, said, raw, check.read(call, said, raw, 100)) is search


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
        body = check.read(call, headers, sent, 100)
        assert check.is_search(call, headers, sent, body) is search


def test_several_searches_in_the_address_are_lines_as_well() -> None:
    """Each is read, and held to the same as in a body."""
    call = route.read("GET", b"/_msearch", b"source=%7B%7D%0A%7B%22size%22%3A1%7D%0A")
    assert check.read(call, {}, b"", 100).objects == [{}, {"size": 1}]
    with pytest.raises(Refused, match="newline"):
        check.read(route.read("GET", b"/_msearch", b"source=%7B%7D"), {}, b"", 100)


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


def bare(raw: bytes) -> bytes:
    """Return deflated bytes without a header of zlib."""
    return zlib.compress(raw, wbits=-zlib.MAX_WBITS)


@pytest.mark.parametrize(
    ("kind", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", bare)],
)
def test_a_compressed_body_is_measured_unpacked(kind: str, pack: Callable[[bytes], bytes]) -> None:
    """A small stream of a large body is refused before it is unpacked whole."""
    with pytest.raises(Refused) as refused:
        check.plain(pack(b" " * 2_000_000), kind, LIMITS.body_bytes)
    assert refused.value.status == 413
    assert check.plain(pack(b"{}"), kind, LIMITS.body_bytes) == b"{}"
    for wrong in (b"not packed", pack(b"{}")[:-1], pack(b"{}") * 2):
        with pytest.raises(Refused):
            check.plain(wrong, kind, LIMITS.body_bytes)
