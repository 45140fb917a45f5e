import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping

import httpx
import pytest
from opensearchpy import OpenSearch
from plugins.gateway_cases import Ask, Case
from plugins.gateway_cases import ask as send
from plugins.query_shop import Shop

from connector.settings import GatewaySettings, Settings

Serve = Callable[[Settings], contextlib.AbstractContextManager[str]]

TEMPLATE = {"size": "{{size}}", "query": {"match": {"title": "{{text}}"}}}


@pytest.fixture(scope="session")
def template(client: OpenSearch, example_shop: Shop) -> Iterator[str]:
    """The name of a stored search template."""
    name = f"{example_shop.alias}-find"
    source = json.dumps(TEMPLATE)
    client.put_script(id=name, body={"script": {"lang": "mustache", "source": source}})
    yield name
    client.delete_script(id=name)


@pytest.fixture(scope="session")
def pit(direct: httpx.Client, example_shop: Shop) -> Iterator[str]:
    """A point in time of the example shop."""
    made = direct.post(f"/{example_shop.alias}/_search/point_in_time?keep_alive=10m").json()
    yield made["pit_id"]
    direct.request("DELETE", "/_search/point_in_time", json={"pit_id": [made["pit_id"]]})


@pytest.fixture(scope="session")
def through(direct: httpx.Client, example_shop: Shop, serve: Serve) -> Iterator[httpx.Client]:
    """The same client with the gateway's host name."""
    settings = example_shop.settings.model_copy(update={"gateway": GatewaySettings()})
    with serve(settings) as url, httpx.Client(base_url=url, auth=direct.auth) as client:
        yield client


@pytest.fixture(scope="session")
def ask(example_shop: Shop, template: str, pit: str) -> Ask:
    """Send a case about the example shop: `ask(client, case, headers)`."""
    alias = example_shop.alias
    names = {"$ALIAS": alias, "$INDEX": f"{alias}-v1", "$TEMPLATE": template, "$PIT": pit}

    def asked(
        client: httpx.Client, case: Case, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        return send(client, case, headers or {}, names)

    return asked


@pytest.fixture(scope="session")
def hybrid(direct: httpx.Client, example_shop: Shop, serve: Serve) -> Iterator[httpx.Client]:
    """A client of a gateway that ranks the example shop, and has opened it."""
    own = GatewaySettings(rules={example_shop.alias: "hybrid"}, budget_s=30)
    settings = example_shop.settings.model_copy(update={"gateway": own})
    with serve(settings) as url, httpx.Client(base_url=url, auth=direct.auth, timeout=60) as client:
        asked = {"query": {"match": {"title": "lamp"}}, "ext": {"connector": {"explain": True}}}
        for _ in range(600):
            told = client.post(f"/{example_shop.alias}/_search", json=asked).json()["ext"]
            if told["connector"].get("reason") != "opening":
                break
            time.sleep(0.05)
        yield client
