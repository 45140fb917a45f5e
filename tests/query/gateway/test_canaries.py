"""Secrets and personal data on every way that fails: in no log, metric or error body of ours."""

import base64
import contextlib
import gzip
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx
import pytest
from plugins.query_shop import Shop

from connector.errors import EncoderError
from connector.settings import GatewaySettings, OpenSearchSettings, Settings
from query.encode import QueryEncoder

pytestmark = pytest.mark.server

Json = dict[str, Any]
Serve = Callable[[Settings], contextlib.AbstractContextManager[str]]

SECRET, PERSON = "s3cr3t-canary-8c1f", "canary.person@example.org"
BASIC = base64.b64encode(f"user:{SECRET}".encode()).decode()
CANARIES = (SECRET, PERSON, BASIC, base64.b64encode(SECRET.encode()).decode())
HEADERS = {
    "authorization": f"Bearer {SECRET}",
    "cookie": f"session={SECRET}",
    "x-forwarded-for": PERSON,
    "x-opaque-id": PERSON,
}
MATCH: Json = {"query": {"match": {"title": f"jacket {PERSON}"}}}
# What the gateway answers by itself, whatever the cluster would say.
REFUSED: list[tuple[str, str, bytes]] = [
    ("PUT", "/{index}/_doc/" + PERSON, json.dumps(MATCH).encode()),
    ("POST", "/{index}/_search", json.dumps({"script_fields": {PERSON: {"script": SECRET}}}).encode()),
    ("POST", "/{index}/_search", f'{{"query": {SECRET} {PERSON}'.encode()),
    ("POST", "/{index}/_search", json.dumps({"query": {"match": {"title": PERSON * 100}}}).encode()),
    ("POST", "/{index}/_search", json.dumps({**MATCH, "size": 20_000}).encode()),
    ("POST", "/{index}/_search", json.dumps({**MATCH, "ext": {"connector": PERSON}}).encode()),
    ("POST", "/{index}/_search", (PERSON * 100_000).encode()),
    ("POST", "/{index}/_search/template", json.dumps({"source": PERSON}).encode()),
    ("GET", f"/{PERSON}//_search?q={SECRET}", b""),
    ("POST", f"/_plugins/{PERSON}", b"{}"),
    ("GET", f"/{{index}}/_search?size=99999&q={PERSON}", b""),
]  # fmt: skip


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """All that was logged, at the level of `--verbose`."""
    for room in ("connector", "ingest", "mappings", "query"):
        caplog.set_level(logging.DEBUG, logger=room)

    def everything() -> str:
        records = "\n".join(f"{one.getMessage()} {one.__dict__}" for one in caplog.records)
        return records + caplog.text

    return everything


def require_silent(*texts: str) -> None:
    """Fail when a canary stands in any text."""
    for text in texts:
        for canary in CANARIES:
            assert canary not in text, text[:2_000]


def metrics(url: str) -> str:
    return httpx.get(f"{url}/_connector/metrics").text


def test_refusals_repeat_nothing(shop: Shop, ranking: str, said: Callable[[], str]) -> None:
    """Whatever is refused, its error, the log and the metrics hold nothing of the request."""
    for method, path, body in REFUSED:
        target = ranking + path.replace("{index}", shop.alias)
        answer = httpx.request(method, target, content=body, headers=HEADERS)
        assert 400 <= answer.status_code < 500, (path, answer.text[:300])
        require_silent(answer.text)
    packed = httpx.post(
        f"{ranking}/{shop.alias}/_search",
        content=gzip.compress(PERSON.encode())[:-3],
        headers={**HEADERS, "content-encoding": "gzip"},
    )
    assert packed.status_code == 400
    require_silent(packed.text, said(), metrics(ranking))


@pytest.fixture
def broken(
    shop: Shop, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Exception], str]]:
    """The address of a ranking gateway whose encoder raises over what a person asks."""
    with contextlib.ExitStack() as stack:

        def start(error: Exception) -> str:
            def fail(self: QueryEncoder, texts: Sequence[str]) -> Any:
                if any(PERSON in text for text in texts):
                    raise error
                return encode(self, texts)

            encode = QueryEncoder._encode
            monkeypatch.setattr(QueryEncoder, "_encode", fail)
            own = GatewaySettings(rules={"*": "hybrid"}, budget_s=30)
            return stack.enter_context(serve(shop.settings.model_copy(update={"gateway": own})))

        yield start


@pytest.mark.parametrize("kind", [EncoderError, ValueError, MemoryError])
def test_a_ranking_that_fails_tells_nothing(
    shop: Shop,
    direct: httpx.Client,
    broken: Callable[[Exception], str],
    said: Callable[[], str],
    kind: type[Exception],
) -> None:
    """An error that quotes the query is not quoted, and the answer is the cluster's own."""
    url = broken(kind(f"cannot embed {PERSON} {SECRET}"))
    asked = {**MATCH, "ext": {"connector": {"explain": True}}}
    with httpx.Client(base_url=url, auth=direct.auth, timeout=60) as client:
        for _ in range(200):
            answer = client.post(f"/{shop.alias}/_search", json=asked)
            told = answer.json()["ext"]["connector"]
            if told.get("reason") != "opening":
                break
    assert answer.status_code == 200
    assert told["mode"] == "lexical"
    require_silent(json.dumps(told), said(), metrics(url))


def test_a_cluster_that_is_away_tells_nothing(
    shop: Shop, serve: Serve, said: Callable[[], str]
) -> None:
    """Not reached, the answer and the log name neither who asked nor what for."""
    away = OpenSearchSettings(url="http://127.0.0.1:9")
    with serve(shop.settings.model_copy(update={"opensearch": away})) as url:
        for path in (f"/{shop.alias}/_search", f"/{shop.alias}/_msearch", f"/{PERSON}/_search"):
            body = f"{{}}\n{json.dumps(MATCH)}\n" if "msearch" in path else json.dumps(MATCH)
            sent = {**HEADERS, "content-type": "application/json"}
            answer = httpx.post(url + path, content=body, headers=sent)
            assert answer.status_code == 503
            require_silent(answer.text)
        require_silent(metrics(url))
    require_silent(said())


def test_a_shadow_tells_nothing(
    shop: Shop, direct: httpx.Client, ranking: str, said: Callable[[], str]
) -> None:
    """Two rankings are compared by their products, not by what was asked."""
    with httpx.Client(base_url=ranking, auth=direct.auth, timeout=60) as client:
        asked = {"x-connector-mode": "shadow", "x-opaque-id": PERSON}
        assert client.post(f"/{shop.alias}/_search", json=MATCH, headers=asked).status_code == 200
    require_silent(said(), metrics(ranking))
