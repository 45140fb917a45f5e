"""With the defaults nobody can read who asked, or what, wherever something is kept or told."""

import json
import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from opensearchpy import OpenSearch
from plugins.behaviour import KEY, recording
from plugins.query_shop import Shop

from connector.cli import run
from connector.settings import BehaviourSettings, Settings
from query.report.page import render
from query.report.rows import fill
from query.request import Asker, SearchRequest
from query.search import Searcher
from query.ubi.indices import Names

pytestmark = pytest.mark.server

Json = dict[str, Any]

WORDS, MAIL, ADDRESS = "zebrafinch", "anna@example.org", "203.0.113.77"
CLIENT, USER, SESSION = "browser-4711", "customer-0815", "visit-2342"
SECRETS = (WORDS, MAIL, ADDRESS, CLIENT, USER, SESSION, KEY)
ASKED = f"red jacket {WORDS} {MAIL}"
NAMED = {
    "x-connector-client": CLIENT,
    "x-connector-user": USER,
    "x-connector-session": SESSION,
    "x-forwarded-for": ADDRESS,
    "user-agent": f"browser of {MAIL}",
    "x-connector-mode": "hybrid",
}


@pytest.fixture
def kept(shop: Shop, client: OpenSearch) -> Iterator[BehaviourSettings]:
    """Indices of behaviour of this test's own, with the defaults."""
    with recording(client, prefix=f"{shop.alias}-hidden") as settings:
        yield settings


def test_nothing_kept_or_told_names_anybody(  # noqa: PLR0913, PLR0917 - one per fixture
    shop: Shop,
    serve: Any,
    admin: Settings,
    client: OpenSearch,
    kept: BehaviourSettings,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Indices, metrics, logs in full, refusals and the report hold hashes; forgetting leaves none."""
    for room in ("connector", "ingest", "mappings", "query"):
        caplog.set_level(logging.DEBUG, logger=room)
    changes = {"behaviour": kept, "opensearch": admin.opensearch}
    settings = shop.settings.model_copy(update=changes)
    told = _through_the_gateway(shop, serve, settings)
    told += _through_python(shop, settings)
    told += caplog.text + _everything(client, kept)
    page = render(fill(client, 30, kept.prefix), "en", 30, datetime.now(UTC))
    for secret in SECRETS:
        assert secret not in told + page, f"{secret}: {_around(told + page, secret)}"
    assert client.count(index=Names.of(kept).queries)["count"] >= 2
    assert client.count(index=Names.of(kept).events)["count"] >= 2
    flags = [w for pair in _flags(admin, kept).items() for w in ("--set", "=".join(pair))]
    for person in (USER, CLIENT, SESSION):
        assert run([*flags, "ubi", "forget", person, "--json"]) == 0
    assert json.loads(_everything(client, kept)) == []
    said = capsys.readouterr()
    assert not any(secret in said.out + said.err for secret in SECRETS)


def _through_the_gateway(shop: Shop, serve: Any, settings: Settings) -> str:
    """Ask, click, and do it wrong; return metrics and refusals of events."""
    body = {"query": {"match": {"title": ASKED}}, "size": 3}
    with serve(settings) as url:
        for _ in range(600):
            found = _post(url, settings, f"{shop.alias}/_search", body)
            if "x-connector-query-id" in found.headers:
                break
            time.sleep(0.1)
        shadow = {**NAMED, "x-connector-mode": "shadow"}
        _post(url, settings, f"{shop.alias}/_search", body, shadow)
        _post(url, settings, f"{shop.alias}/_search", {"query": {"no such": ASKED}})
        _post(url, settings, f"{shop.alias}/_search?q={WORDS}", {})
        _post(url, settings, f"none-{shop.alias}/_search", body)
        own = {"query_id": found.headers["x-connector-query-id"], "client_id": CLIENT}
        click = {"action_name": "click", "user_id": USER, "session_id": SESSION, **own}
        assert _post(url, settings, "_connector/events", click).status_code == 202
        wrong = [
            {**click, "message": ASKED},
            {**click, "query_id": WORDS},
            {**click, "event_attributes": {"address": ADDRESS}},
            {**click, "timestamp": MAIL},
            {**click, "event_attributes": {"position": {"ordinal": WORDS}}},
        ]
        refused = _post(url, settings, "_connector/events", wrong).text
        return refused + httpx.get(f"{url}/_connector/metrics").text


def _through_python(shop: Shop, settings: Settings) -> str:
    """Ask and click without a gateway; return why events were refused."""
    asker = Asker(client=CLIENT, user=USER, session=SESSION)
    with Searcher.open(shop.alias, settings) as searcher:
        found = searcher.search(SearchRequest(ASKED), asker=asker)
        assert searcher.recorder is not None
        click = {"action_name": "click", "query_id": found.query_id, "user_id": USER}
        taken = searcher.recorder.events([click, {**click, "query_id": ASKED}, ASKED])
        assert taken.accepted == 1
    return str(taken)


def _post(
    url: str, settings: Settings, path: str, body: object, headers: Json = NAMED
) -> httpx.Response:
    cluster = settings.opensearch
    secret = cluster.password.get_secret_value() if cluster.password else ""
    auth = (cluster.username, secret) if cluster.username else None
    return httpx.post(f"{url}/{path}", json=body, headers=headers, auth=auth, timeout=60)


def _everything(client: OpenSearch, kept: BehaviourSettings) -> str:
    """Every document of behaviour, and every figure that names one of the secrets."""
    names = Names.of(kept)
    both = f"{names.queries},{names.events}"
    client.indices.refresh(index=both)
    found = client.search(index=both, body={"size": 1000})["hits"]["hits"]
    said = {"simple_query_string": {"query": f"{WORDS} | {USER}", "lenient": True}}
    figures = {"ignore_unavailable": "true", "allow_no_indices": "true"}
    found += client.search(index="connector-*", body={"query": said}, params=figures)["hits"][
        "hits"
    ]
    return json.dumps(found)


def _flags(admin: Settings, kept: BehaviourSettings) -> dict[str, str]:
    cluster = admin.opensearch
    given = {"opensearch.url": cluster.url, "behaviour.prefix": kept.prefix, "behaviour.key": KEY}
    if cluster.password:
        given["opensearch.username"] = str(cluster.username)
        given["opensearch.password"] = cluster.password.get_secret_value()
        given["opensearch.ca_file"] = str(cluster.ca_file)
    return given


def _around(text: str, secret: str) -> str:
    at = text.find(secret)
    return text[max(0, at - 200) : at + 100]
