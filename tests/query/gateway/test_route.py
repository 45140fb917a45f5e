import pytest

from query.gateway import route
from query.gateway.refuse import Refused


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("POST", "/products/_search"),
        ("GET", "/products,others/_search"),
        ("GET", "/_search"),
        ("POST", "/products/_msearch"),
        ("POST", "/products/_count"),
        ("GET", "/products/_doc/1"),
        ("HEAD", "/products"),
        ("GET", "/products/_explain/1"),
        ("POST", "/products/_termvectors"),
        ("GET", "/products/_termvectors/1"),
        ("POST", "/products/_search/point_in_time"),
        ("DELETE", "/_search/point_in_time"),
        ("POST", "/_search/scroll"),
        ("DELETE", "/_search/scroll"),
        ("GET", "/_cat/indices"),
        ("GET", "/_cluster/health"),
        ("GET", "/_cluster/state/metadata/products"),
        ("GET", "/_cluster/settings"),
        ("GET", "/_nodes/stats/jvm"),
        ("GET", "/_index_template/products"),
        ("GET", "/products/_doc/https%3A%2F%2Fshop%2F%2F1"),
        ("OPTIONS", "/products/_bulk"),
        ("GET", "/%3Clogs-%7Bnow%2Fd%7D%3E/_search"),
        ("POST", "/products/_validate/query"),
        ("POST", "/products/_rank_eval"),
        ("GET", "/_data_stream/logs/_stats"),
        ("GET", "/_list/indices"),
        ("POST", "/_cluster/allocation/explain"),
        ("POST", "/_index_template/_simulate_index/products"),
    ],
)
def test_reading_calls_are_on_the_list(method: str, path: str) -> None:
    """What only reads may go on."""
    assert route.read(method, path.encode(), b"").reads


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/products"),
        ("DELETE", "/products"),
        ("POST", "/_bulk"),
        ("POST", "/products/_bulk"),
        ("PUT", "/products/_doc/1"),
        ("POST", "/products/_doc"),
        ("POST", "/products/_update/1"),
        ("POST", "/products/_delete_by_query"),
        ("POST", "/_reindex"),
        ("POST", "/products/_close"),
        ("PUT", "/_cluster/settings"),
        ("GET", "/_plugins/_security/api/internalusers"),
        ("GET", "/_snapshot"),
        ("GET", "/products/_refresh"),
        ("POST", "/_nodes/reload_secure_settings"),
        ("PUT", "/_scripts/x"),
        ("DELETE", "/_search/scroll/_all"),
        ("DELETE", "/_search/point_in_time/_all"),
        ("POST", "/_aliases"),
        ("POST", "/_scripts/painless/_execute"),
        ("PUT", "/_search"),
        ("POST", "/products/_SEARCH"),
        ("TRACE", "/"),
    ],
)
def test_all_other_calls_are_refused(method: str, path: str) -> None:
    """What is not on the list is refused, whatever it would do."""
    with pytest.raises(Refused) as refused:
        route.require_read(route.read(method, path.encode(), b""))
    assert refused.value.status == 403


@pytest.mark.parametrize(
    "path",
    [
        b"http://elsewhere/_search",
        b"*",
        b"/products/../_cluster/settings",
        b"/products/%2e%2e/_bulk",
        b"/products%2F_bulk/_search",
        b"/products/_doc/..%2F_bulk",
        b"//_search",
        b"/products//_search",
        b"/products/_search%00",
        b"/products/%0d%0a/_search",
        b"/\xff/_search",
        b"/%ff/_search",
        b"/a\\b/_search",
    ],
)
def test_paths_that_can_be_read_in_two_ways_are_refused(path: bytes) -> None:
    """A path that a second reader could take for another goes no further."""
    with pytest.raises(Refused) as refused:
        route.read("GET", path, b"")
    assert refused.value.status == 400


def test_the_target_stays_as_it_was_written() -> None:
    """The cluster gets the path and the query string byte for byte."""
    call = route.read("GET", b"/a%20b/_search", b"q=%C3%A4+b&x")
    assert call.target == b"/a%20b/_search?q=%C3%A4+b&x"
    assert call.verb == "_search"


@pytest.mark.parametrize(
    ("method", "path", "verb"),
    [
        ("GET", "/_all/_search", "_search"),
        ("GET", "/_cat/indices", "_cat"),
        ("OPTIONS", "/_made-up-by-a-client", "other"),
        ("POST", "/_bulk", "other"),
    ],
)
def test_metrics_have_no_names_that_a_client_makes_up(method: str, path: str, verb: str) -> None:
    """Any number of them would be any number of series, and a name can be a secret."""
    assert route.read(method, path.encode(), b"").verb == verb
