import contextlib
import ssl
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from kit.proxy import Proxy, proxy
from kit.wire import Http
from opensearchpy import OpenSearch
from plugins.gateway import serving
from plugins.query_shop import Shop, build, describe, products
from plugins.servers import PREFIX

from connector.settings import GatewaySettings, Settings
from mappings.catalogue import Catalogue

Json = dict[str, Any]
Find = Callable[..., Json]
Serve = Callable[[Settings], contextlib.AbstractContextManager[str]]
Open = Callable[..., contextlib.AbstractContextManager[httpx.Client]]

# Far below `opensearch.timeout_s`, far above what a client says here: an answer within it was not
# waited for as long as the cluster is.
PATIENCE_S = 20


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Serve a gateway with other settings for as long as a block lasts."""
    return serving


@pytest.fixture
def small(client: OpenSearch, shop: Shop, tiny_model: Path) -> Iterator[Catalogue]:
    """A catalogue of its own with ten of the shop's products; all its indices go afterwards."""
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    catalogue = describe(name, str(tiny_model))
    try:
        build(client, shop.settings, catalogue, dict(list(products().items())[:10]))
        yield catalogue
    finally:
        client.indices.delete(index=f"{name}-v*")
        client.indices.delete_index_template(name=name, params={"ignore": 404})


@pytest.fixture(scope="session")
def served(shop: Shop) -> Iterator[str]:
    """The address of a gateway before the shop's cluster that ranks nothing."""
    with serving(
        shop.settings.model_copy(update={"gateway": GatewaySettings(rules={"*": "pass"})})
    ) as url:
        yield url


@pytest.fixture(scope="session")
def direct(reader: Settings) -> Iterator[httpx.Client]:
    """A client of the cluster itself."""
    cluster = reader.opensearch
    secret = cluster.password.get_secret_value() if cluster.password else ""
    credentials = (cluster.username, secret) if cluster.username else None
    trust = ssl.create_default_context(cafile=cluster.ca_file)
    with httpx.Client(base_url=cluster.url, auth=credentials, verify=trust) as client:
        yield client


@pytest.fixture(scope="session")
def ranking(shop: Shop) -> Iterator[str]:
    """The address of a gateway that ranks the shop, its index opened."""
    own = GatewaySettings(rules={shop.alias: "hybrid"}, budget_s=30)
    with serving(shop.settings.model_copy(update={"gateway": own})) as url:
        wait_until_open(url, shop)
        yield url


@pytest.fixture(scope="session")
def wait_open() -> Callable[..., None]:
    """Wait until a gateway has looked at an index: `wait_open(url, shop, alias)`."""
    return wait_until_open


def wait_until_open(url: str, shop: Shop, alias: str = "") -> None:
    """Wait until a gateway has looked at the shop's index, or at another's."""
    asked = {"query": {"match": {"title": "lamp"}}, "ext": {"connector": {"explain": True}}}
    cluster = shop.settings.opensearch
    secret = cluster.password.get_secret_value() if cluster.password else ""
    user = (cluster.username, secret) if cluster.username else None
    while True:
        answer = httpx.post(f"{url}/{alias or shop.alias}/_search", json=asked, auth=user).json()
        if answer["ext"]["connector"].get("reason") != "opening":
            return
        time.sleep(0.05)


@pytest.fixture(scope="session")
def ranked(shop: Shop, ranking: str) -> Iterator[httpx.Client]:
    """A client of the gateway that ranks."""
    cluster = shop.settings.opensearch
    secret = cluster.password.get_secret_value() if cluster.password else ""
    user = (cluster.username, secret) if cluster.username else None
    with httpx.Client(base_url=ranking, auth=user, timeout=60) as connected:
        yield connected


@pytest.fixture(scope="session")
def find(shop: Shop, ranked: httpx.Client) -> Find:
    """Search the shop: `find(query, **body)`; the answer says by whom it was ranked."""

    def search(query: Json, mode: str = "hybrid", address: str = "", **body: Any) -> Json:
        headers = {"x-connector-mode": mode, "x-connector-explain": "true"}
        asked = {"query": query, "_source": False, **body}
        where = f"/{shop.alias}/_search{address}"
        answer: Json = ranked.post(where, json=asked, headers=headers).json()
        return answer

    return search


@pytest.fixture
def gateway(shop: Shop, serve: Serve) -> Open:
    """Serve a gateway before a cluster at another address: `gateway(url, alias, **settings)`."""

    @contextlib.contextmanager
    def opened(
        url: str, alias: str = shop.alias, settings: Settings = shop.settings, **own: Any
    ) -> Iterator[httpx.Client]:
        ours = GatewaySettings(rules={alias: "hybrid"}, **{"budget_s": 30, **own})
        cluster = settings.opensearch.model_copy(update={"url": url})
        changes = {"opensearch": cluster, "gateway": ours}
        with serve(settings.model_copy(update=changes)) as served:
            wait_until_open(served, shop, alias)
            secret = cluster.password.get_secret_value() if cluster.password else ""
            user = (cluster.username, secret) if cluster.username else None
            with httpx.Client(base_url=served, auth=user, timeout=PATIENCE_S) as client:
                yield client

    return opened


@pytest.fixture
def line(shop: Shop) -> Iterator[Proxy]:
    """A line to the cluster on which things go wrong."""
    url = shop.settings.opensearch.url
    if url.startswith("https:"):
        pytest.skip("what goes wrong on a line is made in plain HTTP")
    with proxy(url.removeprefix("http://"), Http()) as opened:
        yield opened
        opened.faults.black_hole = False
