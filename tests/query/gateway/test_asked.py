import gzip

import orjson
import pytest

from query.gateway import route
from query.gateway.asked import Asked

VERSION = (b"x-opensearch-version", b"OpenSearch/3.6.0 (opensearch)")


def asked(query: bytes = b"", **headers: str) -> Asked:
    call = route.read("GET", b"/products/_search", query)
    said = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Asked(call, said, b"", [], [], 0.0, None)


@pytest.mark.parametrize(
    ("said", "packed"),
    [
        ("", False),
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0, deflate", False),
        ("br", False),
    ],
)
def test_an_answer_is_packed_for_whoever_takes_it_so(said: str, packed: bool) -> None:
    """And says so; the JSON in it is the same."""
    answer = asked(accept_encoding=said).written({"took": 1}, [])
    content = gzip.decompress(answer.body) if packed else bytes(answer.body)
    assert orjson.loads(content) == {"took": 1}
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
    assert answer.headers["content-length"] == str(len(answer.body))


def test_headers_of_the_clusters_answers_are_told_once() -> None:
    """But for those of their bodies and connections; warnings of all of them."""
    first, second = (b"warning", b"299 - one"), (b"warning", b"299 - two")
    own = [(b"content-length", b"7"), (b"content-type", b"text/plain"), (b"connection", b"close")]
    answer = asked().written({"took": 1}, [VERSION, first, *own, VERSION, second, first])
    kept = [one for one in answer.raw_headers if not one[0].startswith(b"content-")]
    assert kept == [VERSION, first, second]


def test_what_is_to_come_whole_is_asked_for_without_a_filter() -> None:
    """Everything else in the address stays, as the cluster would read it."""
    target = asked(b"filter_path=hits.total&routing=a%26b&pretty").unfiltered.call.target
    assert target == b"/products/_search?routing=a%26b&pretty="
