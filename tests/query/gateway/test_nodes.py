from typing import Any

import httpx
import pytest
from opensearchpy import OpenSearch

from connector.settings import Settings

pytestmark = pytest.mark.server

Json = dict[str, Any]
Allowed = tuple[str, str] | None


@pytest.fixture
def allowed(admin: Settings) -> Allowed:
    """Name and password of a user who may ask for the nodes."""
    own = admin.opensearch
    return (
        (own.username, own.password.get_secret_value()) if own.username and own.password else None
    )


@pytest.mark.parametrize(
    "path", ["/_nodes", "/_nodes/http", "/_nodes/_all/http", "/_nodes/http,os"]
)
def test_a_client_that_asks_for_the_nodes_is_led_back(
    direct: httpx.Client, ranked: httpx.Client, allowed: Allowed, path: str
) -> None:
    """Each node has the address that the client came to; all else is the cluster's."""
    want, got = (one.get(path, auth=allowed).json()["nodes"] for one in (direct, ranked))
    assert want.keys() == got.keys()
    for name, node in got.items():
        address = f"{ranked.base_url.host}:{ranked.base_url.port}"
        assert node["http"]["publish_address"] == address
        assert _lasting({**node, "http": want[name]["http"]}) == _lasting(want[name])


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ({"host": "search.example"}, "search.example:80"),
        ({"host": "search.example", "x-forwarded-proto": "https"}, "search.example:443"),
        ({"host": "[::1]:9201"}, "[::1]:9201"),
    ],
)
def test_the_address_is_the_one_that_the_client_wrote(
    ranked: httpx.Client, allowed: Allowed, said: dict[str, str], address: str
) -> None:
    """With the port that goes without saying, also where a balancer ends its TLS."""
    told = ranked.get("/_nodes/_all/http", headers=said, auth=allowed).json()
    assert {node["http"]["publish_address"] for node in told["nodes"].values()} == {address}


@pytest.mark.parametrize(
    "path",
    ["/_nodes/http?filter_path=nodes.*.name", "/_nodes/_all/http?format=yaml", "/_nodes/none/http"],
)
def test_an_answer_without_addresses_is_the_clusters(
    direct: httpx.Client, ranked: httpx.Client, allowed: Allowed, path: str
) -> None:
    """Left out, in another form, or of nodes that there are not."""
    want, got = (one.get(path, auth=allowed) for one in (direct, ranked))
    if "yaml" in path:
        assert got.text.startswith("---")
    else:
        assert got.json() == want.json()


def test_a_client_that_sniffs_keeps_to_the_gateway(ranking: str, allowed: Allowed) -> None:
    """opensearch-py's own: its connections go where it was told to go first."""
    with OpenSearch(ranking, http_auth=allowed, sniff_on_start=True, timeout=60) as client:
        assert {one.host for one in client.transport.connection_pool.connections} == {ranking}
        assert client.ping()


def _lasting(node: Json) -> Json:
    """Return what does not change from one moment to the next."""
    return {name: part for name, part in node.items() if name not in {"os", "jvm", "process"}}
