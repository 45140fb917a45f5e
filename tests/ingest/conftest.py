from pathlib import Path

import pytest
from opensearchpy import OpenSearch
from plugins.ingest_shop import Shop, describe, make_shop

from connector.settings import Settings


@pytest.fixture
def shop(  # noqa: PLR0913, PLR0917 - each is a fixture of its own
    request: pytest.FixtureRequest,
    writer: Settings,
    client: OpenSearch,
    catalogue_name: str,
    topic: str,
    tiny_model: Path,
    tmp_path: Path,
) -> Shop:
    """An empty index and an empty topic, for a worker with a writer's rights.

    Indirect parameters: `partitions`, and what the catalogue's source is to say.
    """
    asked = dict(getattr(request, "param", {}))
    partitions = asked.pop("partitions", 1)
    catalogue = describe(catalogue_name, topic, str(tiny_model), **asked)
    return make_shop(catalogue, writer, client, tmp_path, partitions)
