import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import Shop, build, describe, products
from plugins.servers import PREFIX

from connector.settings import EncoderSettings, SearchSettings, Settings
from query.request import SearchRequest
from query.response import SearchResponse
from query.search import Searcher

# Fewer candidates than products, so that legs disagree on what they find.
CANDIDATES = 20

Ask = Callable[..., SearchResponse]


@pytest.fixture(scope="session")
def shop(client: OpenSearch, reader: Settings, tiny_model: Path) -> Iterator[Shop]:
    """96 products, 40 deleted ones in hiding, one without vectors; searched with a reader's rights."""
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    changes = {
        "search": SearchSettings(candidates=CANDIDATES),
        "encoder": EncoderSettings(device="cpu", dtype="float32"),
    }
    try:
        catalogue = describe(name, str(tiny_model))
        yield build(client, reader.model_copy(update=changes), catalogue, products())
    finally:
        client.indices.delete(index=f"{name}-v1", params={"ignore_unavailable": "true"})
        client.indices.delete_index_template(name=name, params={"ignore": 404})


@pytest.fixture(scope="session")
def searcher(shop: Shop) -> Iterator[Searcher]:
    """An open searcher on the shop."""
    with Searcher.open(shop.alias, shop.settings) as opened:
        yield opened


@pytest.fixture
def ask(searcher: Searcher) -> Ask:
    """Search the shop: `ask(text, **fields of the request)`."""

    def search(text: str, **fields: object) -> SearchResponse:
        return searcher.search(SearchRequest(text, **fields))  # type: ignore[arg-type]

    return search
