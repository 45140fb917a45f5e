"""Headers of ranked answers: what the cluster tells its clients beside the answer."""

import json
from typing import Any

import httpx
import pytest
from plugins.query_shop import Shop

pytestmark = pytest.mark.server

Json = dict[str, Any]

WORDS: Json = {"query": {"match": {"title": "red lamp"}}, "size": 2}
DEPRECATED: Json = {"query": {"match": {"title": {"query": "red lamp", "cutoff_frequency": 0.1}}}}
ASKED = {
    "plain": ({}, WORDS),
    "named": ({"x-opaque-id": "shop 7"}, WORDS),
    "numbered": ({"x-request-id": "0123456789abcdef0123456789abcdef"}, WORDS),
    "of another site": ({"origin": "https://shop.example"}, WORDS),
    "deprecated": ({}, DEPRECATED),
    "packed": ({"accept-encoding": "gzip"}, WORDS),
    "not packed": ({"accept-encoding": "identity"}, WORDS),
}


def _told(answer: httpx.Response, cluster: httpx.URL) -> list[tuple[str, str]]:
    """Return the headers, but for the length; over TLS a cluster packs nothing by itself."""
    apart = {"content-length", *(["content-encoding"] if cluster.scheme == "https" else [])}
    told = [(name, value) for name, value in answer.headers.multi_items() if name not in apart]
    return sorted((name, value.lower()) for name, value in told)


@pytest.mark.parametrize("name", ASKED)
def test_a_ranked_answer_has_the_headers_of_the_clusters_own(
    direct: httpx.Client, ranked: httpx.Client, shop: Shop, name: str
) -> None:
    """Its version, what a client calls its request, what is deprecated; of one search and of more."""
    said, body = ASKED[name]
    lines = "".join(f"{json.dumps(line)}\n" for line in ({}, body, {}, {"size": 0}))
    for call, content, kind in (
        ("_search", json.dumps(body), "application/json"),
        ("_msearch", lines, "application/x-ndjson"),
    ):
        path, headers = f"/{shop.alias}/{call}", {"content-type": kind, **said}
        want, got = (one.post(path, content=content, headers=headers) for one in (direct, ranked))
        assert (got.status_code, _told(got, direct.base_url)) == (
            want.status_code,
            _told(want, direct.base_url),
        )
        assert got.json().keys() == want.json().keys()
