from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from opensearchpy import OpenSearch
from plugins.ingest_shop import describe, make_shop
from plugins.reindex_shop import Move

from connector import broker
from connector.settings import Settings
from ingest.reindex.ledger import INDEX


@pytest.fixture
def move(  # noqa: PLR0913, PLR0917 - each is a fixture of its own
    reindexer: Settings,
    client: OpenSearch,
    catalogue_name: str,
    topic: str,
    tiny_model: Path,
    tmp_path: Path,
) -> Iterator[Move]:
    """A shop with a price stream, and the rights that a reindex needs."""
    prices = f"{topic}-prices-{uuid4().hex[:6]}"
    streams = {"price": {"topic": prices, "version": "v"}}
    catalogue = describe(catalogue_name, topic, str(tiny_model), streams, version="@header:v")
    encoder = reindexer.encoder.model_copy(update={"device": "cpu", "dtype": "float32"})
    exact = reindexer.model_copy(update={"encoder": encoder})
    yield Move(make_shop(catalogue, exact, client, tmp_path))
    with closing(broker.admin(reindexer.kafka)) as admin:
        groups = [each["group_id"] for each in admin.list_groups()]
        admin.delete_groups([each for each in groups if each.startswith(catalogue_name)])
    query = {"prefix": {"run": catalogue_name}}
    client.delete_by_query(
        index=INDEX, body={"query": query}, params={"conflicts": "proceed", "ignore": 404}
    )
