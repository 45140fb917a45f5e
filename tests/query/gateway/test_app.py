import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from click.testing import CliRunner
from opensearchpy import OpenSearch
from plugins.query_shop import Shop
from uvicorn.protocols.http.h11_impl import H11Protocol

from connector.cli import cli
from connector.errors import WeightsError
from connector.settings import GatewaySettings, OpenSearchSettings
from query.gateway.ranker import Ranker
from query.gateway.serve import Processes

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def through(direct: httpx.Client, served: str) -> Iterator[httpx.Client]:
    """The same client with another host name."""
    with httpx.Client(base_url=served, auth=direct.auth) as client:
        yield client


QUERIES: list[dict[str, Any]] = [
    {"match_all": {}},
    {"match": {"title": "red jacket"}},
    {"match": {"title": {"query": "red jacket", "operator": "and"}}},
    {"multi_match": {"query": "lamp", "fields": ["title^2", "description"]}},
    {"match_phrase": {"title": "red jacket"}},
    {"bool": {"must": {"match": {"title": "tent"}}, "filter": {"term": {"colour": "red"}}}},
    {"dis_max": {"queries": [{"match": {"title": "mug"}}, {"match": {"brand": "Alder"}}]}},
    {"constant_score": {"filter": {"match": {"title": "mug"}}, "boost": 2}},
    {"function_score": {"query": {"match": {"title": "mug"}}, "weight": 3}},
    {"exists": {"field": "price"}},
    {"ids": {"values": ["p001", "p002"]}},
    {"no_such_query": {}},
]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"from": 2, "size": 3, "_source": ["title"]},
    {"aggs": {"colours": {"terms": {"field": "colour"}}}, "size": 0},
    {"highlight": {"fields": {"title": {}}}, "track_total_hits": True},
    {"sort": [{"price": "desc"}], "docvalue_fields": ["price"]},
    {"post_filter": {"range": {"price": {"lt": 50}}}, "min_score": 0.1},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_an_answer_passes_unchanged(
    shop: Shop,
    direct: httpx.Client,
    through: httpx.Client,
    query: dict[str, Any],
    options: dict[str, Any],
) -> None:
    """Status, headers and body are the cluster's own, but for the time it took."""
    asked = {"query": query, **options}
    address = f"/{shop.alias}/_search?preference=one"
    want, got = (client.post(address, json=asked) for client in (direct, through))
    assert got.status_code == want.status_code
    assert got.headers["content-type"] == want.headers["content-type"]
    assert {**got.json(), "took": 0} == {**want.json(), "took": 0}


def test_opensearch_py_works_unchanged(shop: Shop, direct: httpx.Client, served: str) -> None:
    """Search, msearch, count, scroll, point in time, explain, field caps and cat go through."""
    assert isinstance(direct.auth, httpx.BasicAuth | None)
    cluster = shop.settings.opensearch
    secret = cluster.password.get_secret_value() if cluster.password else ""
    client = OpenSearch(served, http_auth=(cluster.username, secret) if secret else None)
    body = {"query": {"match": {"title": "jacket"}}}
    found = client.search(index=shop.alias, body=body)["hits"]["hits"]
    assert found
    assert client.count(index=shop.alias, body=body)["count"] == 12
    each = client.msearch(body=[{"index": shop.alias}, body, {"index": shop.alias}, body])
    assert [one["hits"]["total"]["value"] for one in each["responses"]] == [12, 12]
    first = client.search(index=shop.alias, body=body, params={"scroll": "1m", "size": 7})
    rest = client.scroll(body={"scroll_id": first["_scroll_id"], "scroll": "1m"})
    assert len(rest["hits"]["hits"]) == 5
    client.clear_scroll(body={"scroll_id": [rest["_scroll_id"]]})
    pit = client.create_pit(index=shop.alias, params={"keep_alive": "1m"})["pit_id"]
    assert client.search(body={**body, "pit": {"id": pit}})["hits"]["total"]["value"] == 12
    assert client.delete_pit(body={"pit_id": [pit]})["pits"][0]["successful"]
    assert client.explain(index=f"{shop.alias}-v1", id=found[0]["_id"], body=body)["matched"]
    assert client.field_caps(index=shop.alias, params={"fields": "title"})["fields"]["title"]
    assert client.indices.exists(index=shop.alias)
    client.close()


def test_a_request_id_comes_back(shop: Shop, through: httpx.Client) -> None:
    """`X-Opaque-Id` reaches the cluster, whose answer carries it."""
    answer = through.get(f"/{shop.alias}/_search", headers={"X-Opaque-Id": "trace-me"})
    assert answer.headers["x-opaque-id"] == "trace-me"


def test_writes_are_refused_with_a_reason(shop: Shop, through: httpx.Client) -> None:
    """A 403 in the cluster's form says what to do instead."""
    answer = through.put(f"/{shop.alias}/_doc/new", json={"title": "new"})
    assert answer.status_code == 403
    assert answer.json()["error"]["type"] == "security_exception"
    assert "gateway.allow" in answer.json()["error"]["reason"]


def test_a_gateway_that_allows_writes_passes_them_on(shop: Shop, serve: Any) -> None:
    """Told so, it lends the client nothing but lets the cluster decide."""
    settings = shop.settings.model_copy(update={"gateway": GatewaySettings(allow="writes")})
    with serve(settings) as url:
        answer = httpx.put(f"{url}/{shop.alias}-none/_doc/1", json={})
    # No such index, or without credentials none for us: the cluster's word, not the gateway's.
    assert answer.status_code in {401, 404}
    assert "gateway" not in answer.text


def test_a_fault_of_the_gateways_own_costs_no_answer(
    shop: Shop, direct: httpx.Client, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever breaks while a search is read, the cluster answers it."""

    async def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Ranker, "rank", broken)
    body, where = {"query": {"match": {"title": "lamp"}}}, f"/{shop.alias}/_search"
    with serve(shop.settings) as url:
        got = httpx.post(url + where, json=body, auth=direct.auth)
    assert {**got.json(), "took": 0} == {**direct.post(where, json=body).json(), "took": 0}


@pytest.mark.parametrize(
    "raw",
    [
        "POST /_search HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        (
            "POST /_search HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
            "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        ),
        "POST /_search HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n{}",
        "POST /_search HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZ\r\n{}\r\n",
        "POST /_search HTTP/1.1\r\nHost: a\r\nContent-Length: -2\r\n\r\n{}",
        "POST /_search HTTP/1.1\r\nHost: a\r\nContent-Length : 2\r\n\r\n{}",
        "GET http://elsewhere/_search HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%2e%2e/_bulk HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nX: a\n b\x00\r\n\r\n",
        "GET /_search HTTP/1.1\r\nHost: a\r\nX: a\nY: b\r\n\r\n",
        "POST /_search HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}",
        "GET /_search?q=l\xc3\xa4mp HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_nothing_is_smuggled(served: str, raw: str) -> None:
    """A request that can be cut in two places is answered with an error, never passed on."""
    where = urlsplit(served)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as line:
        line.sendall(raw.encode("latin-1"))
        answer = line.recv(65_536)
    assert int(answer.split()[1]) in {400, 404, 501}
    assert b"application/json" in answer


def test_what_comes_in_pieces_or_at_once_is_read_alike(served: str) -> None:
    """A line's end may be cut in two; of two requests sent together the second is read as closely."""
    where = urlsplit(served)
    whole, bare = b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", b"HEAD / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=60) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in whole:
            line.sendall(bytes([byte]))
        assert line.recv(65_536).split()[1] in {b"200", b"401"}
        line.sendall(whole + bare)
        told = b""
        while part := line.recv(65_536):
            told += part
    assert [one in {"200", "401"} for one in re.findall(r"HTTP/1.1 (\d+)", told.decode())] == [
        True,
        False,
    ]


@pytest.mark.parametrize("value", ["a\x07b", "a\x7fb", "gr\xfcn", "a" * 17_000])
def test_one_clients_headers_harm_no_other_client(
    shop: Shop, direct: httpx.Client, served: str, value: str
) -> None:
    """What the cluster would answer and then hear nothing more never reaches its connections."""
    where, another = urlsplit(served), f"{served}/{shop.alias}/_count"
    head = f"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Opaque-Id: {value}\r\n\r\n"
    for _ in range(3):
        with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as line:
            line.sendall(head.encode("latin-1"))
            assert int(line.recv(65_536).split()[1]) in {400, 431}
        assert httpx.get(another, auth=direct.auth, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("HEAD", "", 405), ("GET", "?pretty=maybe", 400), ("POST", "", 406)],
)
def test_a_stranger_leaves_nothing_behind_for_the_next_client(  # noqa: PLR0913, PLR0917 - a case
    shop: Shop, direct: httpx.Client, served: str, method: str, address: str, status: int
) -> None:
    """The security plugin would give a stranger's 401 to whoever comes next on a connection."""
    where = f"{served}/{shop.alias}"
    for _ in range(3):
        content = b"{}" if method == "POST" else None
        stranger = {"authorization": "Bearer nobody"}
        odd = httpx.request(method, f"{where}/_search{address}", content=content, headers=stranger)
        assert odd.status_code == status
        assert httpx.get(f"{where}/_count", auth=direct.auth).status_code == 200


def test_a_cluster_that_is_away_is_told_as_such(shop: Shop, serve: Any) -> None:
    """Without the cluster the gateway lives, is not ready, and says so in the cluster's form."""
    away = OpenSearchSettings(url="http://127.0.0.1:9")
    with serve(shop.settings.model_copy(update={"opensearch": away})) as url:
        assert httpx.get(f"{url}/_connector/livez").status_code == 200
        assert httpx.get(f"{url}/_connector/readyz").status_code == 503
        answer = httpx.get(f"{url}/_search")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert json.loads(answer.text)["status"] == 503


def test_it_counts_what_it_answers(through: httpx.Client) -> None:
    """Prometheus reads requests by call and status."""
    through.get("/_cluster/health")
    assert through.get("/_connector/readyz").status_code == 200
    told = through.get("/_connector/metrics").text
    assert 'connector_gateway_requests_total{call="_cluster",status="' in told


def test_the_command_says_where_it_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a free port, says which, parses strictly, and holds no answer back."""
    seen: list[tuple[bool, int]] = []

    def run(serving: Processes) -> None:
        [listening] = serving.sockets
        delay_off = listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        strict = isinstance(serving.config.http, type) and issubclass(
            serving.config.http, H11Protocol
        )
        seen.append((strict, delay_off))

    monkeypatch.setattr(Processes, "run", run)
    done = CliRunner().invoke(cli, ["gateway", "--port", "0", "--json"])
    assert done.exit_code == 0, done.output
    assert urlsplit(json.loads(done.stdout)["url"]).port
    assert [(strict, delay_off > 0) for strict, delay_off in seen] == [(True, True)]


def test_weights_that_are_wrong_are_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Else it would serve for days what the cluster ranks by itself, and be ready all the time."""
    monkeypatch.setattr(Processes, "run", lambda _: pytest.fail("it serves"))
    file = tmp_path / "weights.json"
    file.write_text("{")
    done = CliRunner().invoke(cli, ["--set", f"search.weights={file}", "gateway", "--port", "0"])
    assert isinstance(done.exception, WeightsError)
    assert "weights.json:1: not JSON" in str(done.exception)
