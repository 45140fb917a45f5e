from typing import Any

import httpx
import pytest
from opensearchpy import OpenSearch
from plugins.behaviour import settings_with
from plugins.query_shop import Shop

from connector.settings import BehaviourSettings, Settings
from query.ubi.indices import Names
from query.ubi.privacy import Privacy

pytestmark = pytest.mark.server


def test_events_come_in_through_the_gateway(
    shop: Shop, serve: Any, admin: Settings, client: OpenSearch
) -> None:
    """A beacon is taken, whatever its content type, and written under its query; lies are refused."""
    kept = settings_with(prefix=f"{shop.alias}-ubi")
    changes = {"behaviour": kept, "opensearch": admin.opensearch}
    privacy, index = Privacy(kept), Names.of(kept).events
    client.indices.create(index=index)
    event = {"action_name": "click", "query_id": privacy.new_query_id(), "client_id": "browser-1"}
    try:
        with serve(shop.settings.model_copy(update=changes)) as address:
            url = f"{address}/_connector/events"
            plain = {"content-type": "text/plain;charset=UTF-8"}
            assert httpx.post(url, json=event, headers=plain).status_code == 202
            assert httpx.post(url, json={**event, "query_id": "invented"}).status_code == 400
            assert httpx.post(url, content=b" " * 100_000).status_code == 413
        client.indices.refresh(index=index)
        [found] = client.search(index=index)["hits"]["hits"]
        assert found["_source"]["query_id"] == event["query_id"]
        assert found["_source"]["client_id"] == privacy.person("browser-1")
    finally:
        client.indices.delete(index=index)


def test_without_a_key_nothing_is_taken(served: str) -> None:
    """A gateway that does not record says that there is nothing here."""
    assert BehaviourSettings().key is None
    answer = httpx.post(f"{served}/_connector/events", json={"action_name": "click"})
    assert answer.status_code == 404
