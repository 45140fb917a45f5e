from collections.abc import Iterator
from typing import Any

import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import Shop

from mappings.index import ALIVE

pytestmark = pytest.mark.server

FEW = 10


@pytest.fixture
def green(client: OpenSearch, shop: Shop) -> Iterator[str]:
    """An alias of a team's own making, through which only green products are seen."""
    name, index = f"{shop.alias}-green", f"{shop.alias}-v1"
    only = {"bool": {"filter": [ALIVE, {"term": {"colour": "green"}}]}}
    client.indices.put_alias(index=index, name=name, body={"filter": only})
    yield name
    client.indices.delete_alias(index=index, name=name)


def test_the_filter_of_another_alias_leaves_the_places_to_its_own_products(
    shop: Shop, gateway: Any, green: str
) -> None:
    """What is nearest and hidden takes no place among the few that a vector leg brings."""
    search = shop.settings.search.model_copy(update={"candidates": FEW})
    few = shop.settings.model_copy(update={"search": search})
    body = {"query": {"match": {"title": "parka"}}, "size": FEW, "_source": ["colour"]}
    explained = {**body, "ext": {"connector": {"explain": True}}}
    with gateway(shop.settings.opensearch.url, green, settings=few) as client:
        answer = client.post(f"/{green}/_search", json=explained).json()
    assert answer["ext"]["connector"]["mode"] == "hybrid"
    colours = [hit["_source"]["colour"] for hit in answer["hits"]["hits"]]
    assert colours == ["green"] * FEW
