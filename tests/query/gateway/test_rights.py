"""Rights of the client's own user, where a cluster has users: `--opensearch 2.19 --secure`."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from plugins.query_shop import Shop
from plugins.servers import PREFIX
from plugins.users import require_users, user_of

from connector.local.plan import Addresses
from connector.settings import GatewaySettings, Settings

pytestmark = pytest.mark.server

Json = dict[str, Any]
Serve = Callable[[Settings], contextlib.AbstractContextManager[str]]

HIDDEN_FIELDS = ("brand", "description")


@pytest.fixture(scope="module")
def confined(addresses: Addresses, ranking: str, doctor: Settings) -> Iterator[httpx.Client]:
    """A client of the ranking gateway who may see green products only, and not who made them."""
    access = addresses.opensearch
    require_users(access)
    assert doctor.opensearch.username
    rights: Json = {
        "cluster_permissions": ["indices:data/read/mtv", "indices:data/read/msearch"],
        "index_permissions": [
            {
                "index_patterns": [PREFIX + "*"],
                "dls": '{"term": {"colour": "green"}}',
                "fls": [f"~{name}" for name in HIDDEN_FIELDS],
                "allowed_actions": [
                    "indices:data/read/*",
                    "indices:admin/get",
                    "indices:admin/mappings/get",
                    "indices:admin/aliases/get",
                ],
            }
        ],
    }
    user = user_of(access, "confined", rights)
    assert user.username
    assert user.password
    with httpx.Client(base_url=ranking, auth=(user.username, user.password), timeout=60) as client:
        yield client


def _search(client: httpx.Client, shop: Shop, body: Json) -> Json:
    asked = {**body, "ext": {"connector": {"explain": True, "mode": "hybrid"}}}
    answer = client.post(f"/{shop.alias}/_search", json=asked)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


@pytest.mark.parametrize(
    "text", ["red jacket", "lamp", "blue tent by Alder", "crimson velvet jacket"]
)
def test_only_documents_the_user_may_see_are_found(
    confined: httpx.Client, shop: Shop, text: str
) -> None:
    """The ranking has nothing else, by words or by vectors, in hits, totals or counts."""
    body = {
        "size": 50,
        "query": {"match": {"title": text}},
        "aggs": {"colours": {"terms": {"field": "colour"}}},
    }
    found = _search(confined, shop, body)
    assert found["ext"]["connector"]["mode"] == "hybrid", found["ext"]
    hits = found["hits"]["hits"]
    assert hits
    assert {hit["_source"]["colour"] for hit in hits} == {"green"}
    assert found["hits"]["total"]["value"] <= 32
    assert {one["key"] for one in found["aggregations"]["colours"]["buckets"]} <= {"green"}


def test_fields_the_user_may_not_see_are_not_shown(confined: httpx.Client, shop: Shop) -> None:
    """Neither as source, nor as fields, nor marked."""
    body = {
        "query": {"match": {"title": "green jacket"}},
        "fields": ["*"],
        "highlight": {"fields": {"*": {}}, "require_field_match": False},
        "explain": True,
    }
    for hit in _search(confined, shop, body)["hits"]["hits"]:
        shown = {*hit["_source"], *hit.get("fields", {}), *hit.get("highlight", {})}
        assert not {name.partition(".")[0] for name in shown} & set(HIDDEN_FIELDS)
    text = str(_search(confined, shop, body))
    assert "Alder" not in text


def test_what_the_user_may_not_see_cannot_be_searched(confined: httpx.Client, shop: Shop) -> None:
    """A query for a hidden value ranks no product by it."""
    found = _search(confined, shop, {"query": {"term": {"brand.keyword": "Alder"}}})
    assert found["hits"]["hits"] == []


def test_the_gateways_user_is_lent_to_nobody(
    confined: httpx.Client, ranking: str, shop: Shop
) -> None:
    """Without credentials, or with wrong ones, the cluster's own 401 comes back."""
    path, body = f"{ranking}/{shop.alias}/_search", {"query": {"match": {"title": "lamp"}}}
    for auth in (None, ("nobody", "wrong")):
        answer = httpx.post(path, json=body, auth=auth)
        assert answer.status_code == 401
    assert confined.get(f"/{PREFIX}none/_search").status_code in {403, 404}


def test_roles_are_refused_each_others_verbs(
    reader: Settings, writer: Settings, shop: Shop, serve: Serve
) -> None:
    """Through a gateway that passes writes on, the cluster decides: a reader writes nothing."""
    require_users(reader.opensearch)
    own = GatewaySettings(allow="writes", rules={"*": "pass"})
    with serve(shop.settings.model_copy(update={"gateway": own})) as url:

        def status(settings: Settings, method: str, path: str, body: Json) -> int:
            cluster = settings.opensearch
            assert cluster.username
            assert cluster.password
            auth = (cluster.username, cluster.password.get_secret_value())
            return httpx.request(method, url + path, json=body, auth=auth).status_code

        index = f"/{shop.alias}-v1"
        assert status(reader, "POST", f"{index}/_update/p000", {"doc": {"stock": 1}}) == 403
        assert status(reader, "DELETE", index, {}) == 403
        assert status(writer, "DELETE", index, {}) == 403
        assert (
            status(
                writer, "PUT", "/_cluster/settings", {"persistent": {"search.max_buckets": 65535}}
            )
            == 403
        )
        assert status(reader, "POST", f"{index}/_search", {}) == 200
