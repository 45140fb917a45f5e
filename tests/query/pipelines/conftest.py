from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import Shop

from connector.cluster import connect
from connector.settings import Settings
from query.pipelines.install import Resource, apply, remove, resources
from query.pipelines.shares import shares
from query.weights.files import shipped

Json = dict[str, Any]
Find = Callable[..., Json]

DEPTH = 50


@pytest.fixture(scope="session")
def version(client: OpenSearch) -> str:
    """The cluster's version."""
    number: str = client.info()["version"]["number"]
    return number


@pytest.fixture(scope="session")
def wanted(shop: Shop, version: str) -> tuple[Resource, ...]:
    """What the shop's ranking is made of."""
    weights = shipped()
    legs = shares(weights.weights, weights.first_pass)
    return resources(shop.catalogue, legs, DEPTH, version)


@pytest.fixture(scope="session")
def installed(
    client: OpenSearch, installer: Settings, wanted: tuple[Resource, ...]
) -> Iterator[None]:
    """Pipelines and templates are in the cluster, written with the rights of their own role."""
    apply(connect(installer.opensearch), wanted)
    yield
    remove(client, wanted)


@pytest.fixture(scope="session")
def searching(reader: Settings) -> Iterator[OpenSearch]:
    """A client of a user who may only search."""
    connected = connect(reader.opensearch)
    yield connected
    connected.close()


@pytest.fixture(scope="session")
def find(shop: Shop, installed: None, searching: OpenSearch) -> Find:  # noqa: ARG001 - it must be there
    """Search by the stored template: `find("red jacket", size=3)`; its hits."""

    def found(text: str, *, kind: str = "hybrid", words: bool = False, **params: Any) -> Json:
        vector = {} if words else {"vector": shop.encoder.encode_queries([text])[0].tolist()}
        body = {"id": f"{shop.alias}-{kind}", "params": {"text": text, **vector, **params}}
        answer: Json = searching.search_template(index=shop.alias, body=body)
        return answer

    return found
