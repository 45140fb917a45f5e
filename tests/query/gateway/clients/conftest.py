import contextlib
import json
from collections.abc import Callable, Iterator

import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import Shop

from connector.settings import GatewaySettings, Settings

Serve = Callable[[Settings], contextlib.AbstractContextManager[str]]

TEMPLATE = {"size": "{{size}}", "query": {"match": {"title": "{{text}}"}}}


def connected(url: str, admin: Settings) -> OpenSearch:
    """Connect as any team does: its own address, its own user, nothing of ours."""
    own = admin.opensearch
    secret = own.password.get_secret_value() if own.password else None
    return OpenSearch(url, http_auth=(own.username, secret) if secret else None, timeout=60)


@pytest.fixture(scope="session")
def stored(client: OpenSearch, shop: Shop) -> Iterator[str]:
    """The name of a stored search template."""
    name = f"{shop.alias}-clients"
    source = json.dumps(TEMPLATE)
    client.put_script(id=name, body={"script": {"lang": "mustache", "source": source}})
    yield name
    client.delete_script(id=name)


@pytest.fixture(scope="session", params=["off", "on"])
def through(
    request: pytest.FixtureRequest, admin: Settings, served: str, ranking: str
) -> Iterator[OpenSearch]:
    """opensearch-py's client with a gateway's host name, the ranking off and on."""
    made = connected(ranking if request.param == "on" else served, admin)
    yield made
    made.close()


@pytest.fixture(scope="session")
def ranked_client(admin: Settings, ranking: str) -> Iterator[OpenSearch]:
    """opensearch-py's client with the host name of a gateway that ranks."""
    made = connected(ranking, admin)
    yield made
    made.close()


@pytest.fixture(scope="session")
def everything(shop: Shop, serve: Serve) -> Iterator[str]:
    """The address of a gateway that lets everything through, and ranks what it may."""
    own = GatewaySettings(allow="everything")
    with serve(shop.settings.model_copy(update={"gateway": own})) as url:
        yield url


@pytest.fixture(scope="session")
def writing(admin: Settings, everything: str) -> Iterator[OpenSearch]:
    """opensearch-py's client with the host name of a gateway that lets everything through."""
    made = connected(everything, admin)
    yield made
    made.close()
