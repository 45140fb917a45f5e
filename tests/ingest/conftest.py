from pathlib import Path

import pytest
from opensearchpy import OpenSearch

from connector.settings import Settings
from plugins.ingest_shop import Shop, describe, make_shop


@pytest.fixture
def shop(
    writer: Settings,
    client: OpenSearch,
    catalogue_name: str,
    topic: str,
    tiny_model: Path,
    tmp_path: Path,
) -> Shop:
    """An empty index and an empty topic of one partition, for a worker with a writer's rights."""
    return make_shop(describe(catalogue_name, topic, str(tiny_model)), writer, client, tmp_path)
