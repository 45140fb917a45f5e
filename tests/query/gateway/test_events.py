import time
from typing import Any

import httpx
import pytest
from opensearchpy import OpenSearch
from plugins.behaviour import recording
from plugins.query_shop import Shop

from connector.settings import BehaviourSettings, Settings
from query.ubi.indices import Names
from query.ubi.privacy import Privacy

pytestmark = pytest.mark.server


def test_events_come_in_through_the_gateway(
    shop: Shop, serve: Any, admin: Settings, client: OpenSearch
) -> None:
    """A beacon is taken, whatever its content type, and written under its query; lies are refused."""
    with recording(client, prefix=f"{shop.alias}-ubi") as kept:
        changes = {"behaviour": kept, "opensearch": admin.opensearch}
        privacy, index = Privacy(kept), Names.of(kept).events
        event = {
            "action_name": "click",
            "query_id": privacy.new_query_id(),
            "client_id": "browser-1",
        }
        with serve(shop.settings.model_copy(update=changes)) as address:
            url = f"{address}/_connector/events"
            plain = {"content-type": "text/plain;charset=UTF-8"}
            assert httpx.post(url, json=event, headers=plain).status_code == 202
            assert httpx.post(url, json={**event, "query_id": "invented"}).status_code == 400
            assert httpx.post(url, content=b" " * 100_000).status_code == 413
            written = 'connector_gateway_behaviour_total{outcome="written"} 1.0'
            while written not in httpx.get(f"{address}/_connector/metrics").text:
                time.sleep(0.05)
        client.indices.refresh(index=index)
        [found] = client.search(index=index)["hits"]["hits"]
        assert found["_source"]["query_id"] == event["query_id"]
        assert found["_source"]["client_id"] == privacy.person("browser-1")


def test_without_a_key_nothing_is_taken(served: str) -> None:
    """A gateway that does not record says that there is nothing here."""
    assert BehaviourSettings().key is None
    answer = httpx.post(f"{served}/_connector/events", json={"action_name": "click"})
    assert answer.status_code == 404


def test_a_shoppers_ranking_is_recorded_and_named(
    shop: Shop, serve: Any, admin: Settings, client: OpenSearch
) -> None:
    """The response's header is the id of the record, which holds the page and neither name nor words."""
    cluster = admin.opensearch
    secret = cluster.password.get_secret_value() if cluster.password else ""
    auth = (cluster.username, secret) if cluster.username else None
    body = {"query": {"match": {"title": "red jacket"}}, "size": 3}
    with recording(client, prefix=f"{shop.alias}-shown") as kept:
        changes, index = {"behaviour": kept, "opensearch": cluster}, Names.of(kept).queries
        with serve(shop.settings.model_copy(update=changes)) as address:
            url, ranked = f"{address}/{shop.alias}/_search", {"x-connector-mode": "hybrid"}
            named = {**ranked, "x-connector-client": "browser-1", "x-connector-user": "anna"}
            found = _until_ranked(url, body, named, auth)
            assert "x-connector-query-id" not in httpx.post(url, json=body, auth=auth).headers
        client.indices.refresh(index=index)
        by_id = {"query": {"ids": {"values": [found.headers["x-connector-query-id"]]}}}
        [hit] = client.search(index=index, body=by_id)["hits"]["hits"]
        shown = hit["_source"]
        assert shown["application"] == "gateway"
        assert shown["query_response_hit_ids"] == [
            hit["_id"] for hit in found.json()["hits"]["hits"]
        ]
        assert shown["query_attributes"]["evidence"][0]["terms"]
        for word in ("browser-1", "anna", "jacket"):
            assert word not in str(shown)


def _until_ranked(url: str, body: Any, headers: dict[str, str], auth: Any) -> httpx.Response:
    """Ask until the gateway has opened the index and loaded its model."""
    for _ in range(600):
        found = httpx.post(url, json=body, headers=headers, auth=auth, timeout=60)
        if "x-connector-query-id" in found.headers:
            return found
        time.sleep(0.1)
    raise AssertionError(found.text)
