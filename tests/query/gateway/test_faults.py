import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from kit.proxy import Exchange, Faults, Proxy
from opensearchpy import OpenSearch
from plugins.query_shop import Shop

from connector.settings import GatewaySettings
from mappings.catalogue import Catalogue
from query.encode import QueryEncoder

pytestmark = pytest.mark.server

Json = dict[str, Any]
Open = Callable[..., contextlib.AbstractContextManager[httpx.Client]]

WORDS: Json = {"match": {"title": "red jacket"}}
EXPLAINED: Json = {"ext": {"connector": {"explain": True}}}
PATIENCE_S = 20


def search(client: httpx.Client, shop: Shop, address: str = "", **body: Any) -> httpx.Response:
    where = f"/{shop.alias}/_search{address}"
    return client.post(where, json={"query": WORDS, **EXPLAINED, **body})


def told(answer: httpx.Response) -> Json:
    found: Json = answer.json()["ext"]["connector"]
    return found


def is_the_clusters(answer: httpx.Response, status: int, kind: str) -> None:
    """Check that an error has the cluster's shape."""
    body = answer.json()
    assert (answer.status_code, body["status"], body["error"]["type"]) == (status, status, kind)
    assert "cluster" in body["error"]["reason"]
    assert body["error"]["root_cause"][0]["type"] == kind


def test_a_silent_cluster_is_waited_for_no_longer_than_the_client_says(
    shop: Shop, gateway: Open, line: Proxy
) -> None:
    """Wherever the timeout stands; when the line is back the answer is the ranking again."""
    lines = f'{{"index": "{shop.alias}"}}\n{{"query": {{"match_all": {{}}}}, "timeout": "200ms"}}\n'
    template = {"id": "no-such", "params": {}}
    with gateway(f"http://{line.bootstrap}") as client:
        line.faults.black_hole = True
        answers = [
            search(client, shop, timeout="200ms"),
            search(client, shop, "?timeout=200ms"),
            search(client, shop, timeout="200ms", size=0),
            search(client, shop, "?size=3", timeout="200ms"),
            client.post(f"/{shop.alias}/_search/template?timeout=200ms", json=template),
            client.post("/_msearch", content=lines, headers={"content-type": "application/json"}),
            client.get("/_cluster/health?timeout=200ms"),
        ]
        for answer in answers:
            is_the_clusters(answer, 504, "timeout_exception")
        line.faults.black_hole = False
        assert told(search(client, shop))["mode"] == "hybrid"


def test_no_log_says_what_an_address_said(
    shop: Shop, gateway: Open, line: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    """A failed search of a ranking is one line that names the kind of fault, and no traceback."""
    caplog.set_level(logging.DEBUG)
    with gateway(f"http://{line.bootstrap}") as client:
        line.faults.cut = 1.0
        search(client, shop, "?preference=visit-2342&routing=customer-0815")
        line.faults.cut = 0.0
        refused = {"query": WORDS, "post_filter": {"terms": {"title_vector": ["x"]}}}
        where = f"/{shop.alias}/_search?preference=visit-2342"
        assert client.post(where, json=refused).status_code == 400
    # What the test's own client says of its requests is not the gateway's.
    lines = [
        one for one in caplog.records if one.name.partition(".")[0] not in {"httpx", "httpcore"}
    ]
    assert "rankings fail" in caplog.text
    assert not any("2342" in one.getMessage() or one.exc_info for one in lines)


def test_a_slow_cluster_is_asked_once_more_without_the_ranking(
    shop: Shop, gateway: Open, line: Proxy
) -> None:
    """A ranking of several searches is given up where one search still comes in time."""
    with gateway(f"http://{line.bootstrap}", budget_s=0.2) as client:
        line.faults.latency_s = 0.15
        answer = search(client, shop, timeout="20s")
        assert (answer.status_code, told(answer)["mode"]) == (200, "lexical")
        assert told(answer)["reason"] in {"budget", "cluster"}
        assert answer.json()["hits"]["hits"]


def test_a_connection_that_is_reset_is_told_as_the_clusters(
    shop: Shop, gateway: Open, line: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither an error of the gateway's own nor a broken answer; the log has one line of several."""
    with gateway(f"http://{line.bootstrap}") as client:
        line.faults.meddle = lambda request: Exchange(request, lambda _: None)
        for _ in range(3):
            is_the_clusters(search(client, shop), 503, "unavailable_exception")
        is_the_clusters(client.get(f"/{shop.alias}/_count"), 503, "unavailable_exception")
        line.faults.meddle = Faults().meddle
        assert told(search(client, shop))["mode"] == "hybrid"
    assert caplog.text.count("rankings fail") == 1


def test_an_address_and_headers_arrive_as_they_were_written(
    shop: Shop, gateway: Open, line: Proxy
) -> None:
    """Nothing is decoded, encoded or added on the way."""
    heard: list[bytes] = []

    def hearing(request: bytes) -> Exchange:
        heard.append(request)
        return Exchange(request)

    target = f"/{shop.alias}/_count?q=title:jacket%20%7e+&b=%zz;a=#1"
    with gateway(f"http://{line.bootstrap}") as client:
        line.faults.meddle = hearing
        where = (client.base_url.host, client.base_url.port or 0)
        with socket.create_connection(where, timeout=PATIENCE_S) as opened:
            opened.sendall(
                f"GET {target} HTTP/1.1\r\nHost: a\r\nX-Opaque-Id: grün\r\n\r\n".encode()
            )
            opened.recv(1)
    head, *lines = heard[-1].decode().strip().split("\r\n")
    assert head == f"GET {target} HTTP/1.1"
    assert {one.lower() for one in lines} == {f"host: {line.bootstrap}", "x-opaque-id: grün"}


def test_a_write_is_sent_once(shop: Shop, gateway: Open, line: Proxy) -> None:
    """Nobody knows whether the cluster has done it when its answer is lost."""
    sent: list[bytes] = []

    def lost(request: bytes) -> Exchange:
        sent.append(request)
        return Exchange(request, lambda _: None)

    with gateway(f"http://{line.bootstrap}", allow="writes") as client:
        line.faults.meddle = lost
        for method in ("PUT", "DELETE"):
            sent.clear()
            answer = client.request(method, f"/{shop.alias}-none/_doc/1", content=b"")
            is_the_clusters(answer, 503, "unavailable_exception")
            assert len(sent) == 1


def test_a_model_that_hangs_costs_each_thread_one_budget(
    shop: Shop, gateway: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lexical within the budget, then at once; when the model is back so is the ranking."""
    back = threading.Event()
    encode = QueryEncoder._encode

    def hanging(encoder: QueryEncoder, texts: Sequence[str]) -> Any:
        if any("unheard" in text for text in texts):
            back.wait()
        return encode(encoder, texts)

    monkeypatch.setattr(QueryEncoder, "_encode", hanging)
    with gateway(shop.settings.opensearch.url, budget_s=1, rankings=2) as client:
        try:
            asked = [{"match": {"title": f"unheard of {n}"}} for n in range(4)]
            answers = [search(client, shop, query=query) for query in asked]
            assert [told(one)["reason"] for one in answers] == ["budget"] * 2 + ["busy"] * 2
            assert {told(one)["mode"] for one in answers} == {"lexical"}
        finally:
            back.set()
        while told(search(client, shop, query=asked[0]))["mode"] != "hybrid":
            pass


@pytest.fixture
def bare(client: OpenSearch, small: Catalogue) -> str:
    """A catalogue whose alias leads to a copy of its index without the vectors' fields."""
    name, old, new = small.name, f"{small.name}-v1", f"{small.name}-v2"
    found = client.indices.get(index=old)[old]
    mapping = found["mappings"]
    for vector in small.vectors:
        del mapping["properties"][vector]
    kept = {k: v for k, v in found["settings"]["index"].items() if k in {"analysis", "sort"}}
    client.indices.delete_index_template(name=name)
    client.indices.create(index=new, body={"settings": {"index": kept}, "mappings": mapping})
    without = {"index": old, "_source": {"excludes": list(small.vectors)}}
    body = {"source": without, "dest": {"index": new}}
    client.reindex(body=body, params={"refresh": "true"})
    alias = found["aliases"][name]
    moved = [
        {"remove": {"index": old, "alias": name}},
        {"add": {"index": new, "alias": name, **alias}},
    ]
    client.indices.update_aliases(body={"actions": moved})
    return name


def test_an_index_without_vectors_is_searched_by_words(
    shop: Shop, gateway: Open, bare: str
) -> None:
    """The answer is the cluster's own, and says why it is not the ranking."""
    with gateway(shop.settings.opensearch.url, bare) as client:
        body = {"query": {"match": {"title": "jacket"}}, **EXPLAINED}
        answer = client.post(f"/{bare}/_search", json=body)
        assert answer.status_code == 200
        assert answer.json()["hits"]["hits"]
        assert (told(answer)["mode"], told(answer)["reason"]) == ("pass", "index")


def test_more_than_may_be_inside_are_told_to_come_back(gateway: Open, line: Proxy) -> None:
    """A 429 with `Retry-After` at once, while the one inside is still being answered."""
    inside, on = threading.Event(), threading.Event()

    def held(request: bytes) -> Exchange:
        def answer(content: bytes) -> bytes:
            inside.set()
            on.wait()
            return content

        return Exchange(request, answer) if b"/_cluster/health" in request else Exchange(request)

    with (
        gateway(f"http://{line.bootstrap}", concurrent=1) as client,
        ThreadPoolExecutor(1) as other,
    ):
        line.faults.meddle = held
        try:
            first = other.submit(client.get, "/_cluster/health")
            inside.wait()
            second = client.get("/_cluster/health")
        finally:
            on.set()
        assert (second.status_code, second.headers["retry-after"]) == (429, "1")
        assert second.json()["error"]["type"] == "rejected_execution_exception"
        assert first.result().status_code == 200


def test_what_comes_too_often_is_told_to_come_back(shop: Shop, serve: Any) -> None:
    """The gateway's own addresses are not counted."""
    own = GatewaySettings(requests_per_s=0.001)
    with serve(shop.settings.model_copy(update={"gateway": own})) as url:
        answer = httpx.get(f"{url}/_cluster/health")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        assert httpx.get(f"{url}/_connector/livez").status_code == 200
