"""Part of the searches goes to a new index, marked by the reindex in the old one's mapping."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import HIDDEN, Shop
from plugins.users import require_users, user_of

from connector.local.plan import Addresses
from connector.settings import GatewaySettings, Settings
from mappings.canary import Canary, mark, unmark
from mappings.contract import contract_of
from mappings.index import index_body
from query.gateway import indices

pytestmark = pytest.mark.server

Json = dict[str, Any]
Serve = Callable[[Settings], contextlib.AbstractContextManager[str]]

TEXTS = [f"{colour} {kind}" for colour in ("red", "green", "blue") for kind in ("lamp", "tent")]
TEXTS += [f"jacket number {n}" for n in range(60)]
SHARE = 0.3


@pytest.fixture
def new(client: OpenSearch, shop: Shop) -> Iterator[str]:
    """A new index with the shop's products, tombstones that kept their texts among them."""
    name = f"{shop.alias}-v2"
    client.indices.create(index=name, body=index_body(shop.catalogue, contract_of(shop.catalogue)))
    body = {"source": {"index": f"{shop.alias}-v1"}, "dest": {"index": name}}
    client.reindex(body=body, params={"refresh": "true"})
    yield name
    unmark(client, f"{shop.alias}-v1")
    client.indices.delete(index=name, params={"ignore": 404})


@pytest.fixture
def gateway(shop: Shop, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A gateway that looks at its indices all the time."""
    monkeypatch.setattr(indices, "LOOK_AGAIN", 0.1)
    own = GatewaySettings(rules={shop.alias: "hybrid"}, budget_s=30)
    with serve(shop.settings.model_copy(update={"gateway": own})) as url:
        yield url


def _user(settings: Settings) -> tuple[str, str] | None:
    cluster = settings.opensearch
    secret = cluster.password.get_secret_value() if cluster.password else ""
    return (cluster.username, secret) if cluster.username else None


def _asker(url: str, shop: Shop, user: tuple[str, str] | None) -> Callable[..., Json]:
    def ask(text: str, **body: Any) -> Json:
        asked = {"query": {"match": {"title": text}}, **body}
        answer = httpx.post(
            f"{url}/{shop.alias}/_search",
            json=asked,
            auth=user,
            headers={"x-connector-explain": "true"},
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    return ask


def _await(ask: Callable[..., Json], text: str, role: str) -> None:
    """Ask until an index of this role answers."""
    until = time.monotonic() + 180
    while ask(text)["ext"]["connector"].get("index", {}).get("role") != role:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_share_of_the_texts_is_answered_by_the_new_index(
    client: OpenSearch, shop: Shop, new: str, gateway: str
) -> None:
    """Always the same ones, as the alias would answer them, and none once the mark is gone."""
    old, canary = f"{shop.alias}-v1", Canary(new, SHARE, float("inf"))
    ask = _asker(gateway, shop, _user(shop.settings))
    taken = [text for text in TEXTS if canary.takes(text)]
    assert 0.1 < len(taken) / len(TEXTS) < 0.5
    # Those that nobody may find are jackets, too.
    jacket = next(text for text in taken if "jacket" in text)
    _await(ask, jacket, "live")
    before = ask(jacket, size=50, track_total_hits=True)
    mark(client, old, new, SHARE)
    _await(ask, jacket, "canary")

    for text in TEXTS:
        found = ask(text)
        role = "canary" if text in taken else "live"
        physical = new if text in taken else old
        assert found["ext"]["connector"]["index"] == {"name": physical, "role": role}
        assert {hit["_index"] for hit in found["hits"]["hits"]} == {physical}
    after = ask(jacket, size=50, track_total_hits=True)
    assert after["hits"]["total"] == before["hits"]["total"]
    shown = [[hit["_id"] for hit in one["hits"]["hits"]] for one in (before, after)]
    assert sorted(shown[0]) == sorted(shown[1])
    assert not any(id_.startswith("x") for id_ in shown[1]), HIDDEN

    metrics = httpx.get(f"{gateway}/_connector/metrics").text
    for role in ("live", "canary"):
        assert f'connector_gateway_index_seconds_count{{role="{role}"}}' in metrics
        assert f'connector_gateway_index_hits_total{{role="{role}"}}' in metrics
    unmark(client, old)
    _await(ask, jacket, "live")


def test_what_the_new_index_cannot_answer_the_old_one_does(
    client: OpenSearch, shop: Shop, new: str, gateway: str
) -> None:
    """The client is told why, and metrics count it."""
    ask = _asker(gateway, shop, _user(shop.settings))
    mark(client, f"{shop.alias}-v1", new, 1.0)
    _await(ask, "lamp", "canary")
    client.indices.delete(index=new)
    found = ask("lamp")
    assert found["ext"]["connector"]["index"] == {
        "name": f"{shop.alias}-v1",
        "role": "live",
        "fallen": "refused",
    }
    assert found["hits"]["hits"]
    metrics = httpx.get(f"{gateway}/_connector/metrics").text
    assert 'connector_gateway_canary_fallbacks_total{reason="refused"}' in metrics


def test_a_client_who_may_not_read_the_new_index_reads_the_old_one(
    client: OpenSearch, shop: Shop, new: str, gateway: str, addresses: Addresses
) -> None:
    """Rights are the client's own, in the canary as everywhere."""
    access = addresses.opensearch
    require_users(access)
    rights = {
        "cluster_permissions": ["indices:data/read/mtv", "indices:data/read/msearch"],
        "index_permissions": [
            {
                "index_patterns": [shop.alias, f"{shop.alias}-v1"],
                "allowed_actions": ["indices:data/read/*", "indices:admin/get"],
            }
        ],
    }
    user = user_of(access, "one-index", rights)
    assert user.username
    assert user.password
    mark(client, f"{shop.alias}-v1", new, 1.0)
    _await(_asker(gateway, shop, _user(shop.settings)), "lamp", "canary")
    found = _asker(gateway, shop, (user.username, user.password))("lamp")
    assert found["ext"]["connector"]["index"]["fallen"] == "refused"
    assert {hit["_index"] for hit in found["hits"]["hits"]} == {f"{shop.alias}-v1"}
