"""Certificates of clients with the real security plugin: `--opensearch 2.19 --secure`."""

import contextlib
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from plugins.query_shop import Shop
from plugins.servers import PREFIX
from plugins.users import require_users

from connector.local import certificates
from connector.local.access import Access
from connector.local.plan import Addresses
from connector.settings import GatewaySettings, Settings

pytestmark = pytest.mark.server

Json = dict[str, Any]
Serve = Callable[[Settings], contextlib.AbstractContextManager[str]]

_API = "/_plugins/_security/api"
# The common name in the certificate.
NAME = "local"
RIGHTS: Json = {
    "index_permissions": [
        {
            "index_patterns": [PREFIX + "*"],
            "dls": '{"term": {"colour": "green"}}',
            "fls": ["~brand"],
            "allowed_actions": ["indices:data/read/*"],
        }
    ],
}
# As docs/gateway.md has it, with the address that the gateway has here.
_TRUST: Json = {
    "enabled": True,
    "internalProxies": r"127\.0\.0\.1",
    "remoteIpHeader": "X-Forwarded-For",
}
_PROXY: Json = {
    "http_enabled": True,
    "transport_enabled": False,
    "order": 0,
    "http_authenticator": {
        "type": "proxy",
        "challenge": False,
        "config": {"user_header": "X-Proxy-User"},
    },
    "authentication_backend": {"type": "noop", "config": {}},
}


@pytest.fixture(scope="module")
def access(addresses: Addresses) -> Iterator[Access]:
    """A cluster that believes the gateway who its clients are."""
    found = addresses.opensearch
    require_users(found)
    dynamic = found.call("GET", f"{_API}/securityconfig")["config"]["dynamic"]
    places = {"/http/xff": _TRUST, "/authc/proxy_auth_domain": _PROXY}
    before = {
        "/http/xff": dynamic["http"]["xff"],
        "/authc/proxy_auth_domain": dynamic["authc"]["proxy_auth_domain"],
    }
    _configure(found, places)
    yield found
    _configure(found, before)


def _configure(access: Access, places: Json) -> None:
    changes = [
        {"op": "replace", "path": f"/config/dynamic{place}", "value": value}
        for place, value in places.items()
    ]
    access.call("PATCH", f"{_API}/securityconfig", changes)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, and one certificate of it that serves both sides."""
    folder = tmp_path_factory.mktemp("papers")
    certificates.issue(folder)
    return folder


@pytest.fixture(scope="module")
def secured(access: Access, shop: Shop, serve: Serve, papers: Path) -> Iterator[str]:
    """The address of a gateway that knows the authority of its clients' certificates."""
    assert access
    own = GatewaySettings(
        rules={shop.alias: "hybrid"},
        budget_s=30,
        certificate=papers / "node.pem",
        key=papers / "node.key",
        clients_ca_file=papers / "ca.pem",
    )
    with serve(shop.settings.model_copy(update={"gateway": own})) as url:
        yield url


@pytest.fixture
def named(secured: str, papers: Path) -> Iterator[httpx.Client]:
    """A client that shows its certificate, and no password."""
    context = ssl.create_default_context(cafile=papers / "ca.pem")
    context.load_cert_chain(papers / "node.pem", papers / "node.key")
    with httpx.Client(base_url=secured, verify=context, timeout=60) as client:
        yield client


def test_a_certificates_name_has_the_rights_that_it_is_given(
    access: Access, named: httpx.Client, shop: Shop
) -> None:
    """None before; then the ranking shows it what its roles let it see, and nothing else."""
    path = f"/{shop.alias}/_search"
    asked = {"size": 50, "query": {"match": {"title": "red jacket"}}, "fields": ["brand"]}
    asked |= {"aggs": {"colours": {"terms": {"field": "colour"}}}}
    explained = {**asked, "ext": {"connector": {"explain": True, "mode": "hybrid"}}}
    assert named.post(path, json=explained).status_code == 403
    access.call("PUT", f"{_API}/roles/certified", RIGHTS)
    access.call("PUT", f"{_API}/rolesmapping/certified", {"users": [NAME]})
    told = {"reason": "opening"}
    while told.get("reason") == "opening":
        answer = named.post(path, json=explained)
        assert answer.status_code == 200, answer.text
        told = answer.json()["ext"]["connector"]
    assert told["mode"] == "hybrid", told
    own = named.post(path, json=asked, headers={"x-connector-mode": "pass"}).json()
    for found in (answer.json(), own):
        hits = found["hits"]["hits"]
        assert {hit["_source"]["colour"] for hit in hits} == {"green"}
        assert not any("brand" in {*hit["_source"], *hit.get("fields", ())} for hit in hits)
        assert {one["key"] for one in found["aggregations"]["colours"]["buckets"]} <= {"green"}
    access.call("DELETE", f"{_API}/rolesmapping/certified")
    assert named.post(path, json=explained).status_code == 403


def test_who_shows_no_certificate_is_nobody_by_what_they_say(
    secured: str, papers: Path, shop: Shop
) -> None:
    """The headers of a trusted proxy are taken from no client; a password counts as ever."""
    context = ssl.create_default_context(cafile=papers / "ca.pem")
    claimed = {"x-proxy-user": "admin", "x-proxy-roles": "admin", "x-forwarded-for": "127.0.0.1"}
    own = shop.settings.opensearch
    assert own.username
    assert own.password
    with httpx.Client(base_url=secured, verify=context, headers=claimed, timeout=60) as client:
        path, body = f"/{shop.alias}/_search", {"query": {"match": {"title": "lamp"}}}
        assert client.post(path, json=body).status_code == 401
        known = (own.username, own.password.get_secret_value())
        assert client.post(path, json=body, auth=known).status_code == 200
