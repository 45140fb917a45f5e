from collections.abc import Iterator
from pathlib import Path

import pytest
from opensearchpy import OpenSearch
from plugins import tiny_model as tiny
from plugins.crossing import crossing
from plugins.ingest_shop import describe

from connector.settings import Settings
from mappings.gate import Crossing


@pytest.fixture(scope="session")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the same shape as the tiny one, and of other weights."""
    return tiny.build(tmp_path_factory.mktemp("other-model"), seed=8)


@pytest.fixture
def pair(
    client: OpenSearch, admin: Settings, catalogue_name: str, tiny_model: Path
) -> Iterator[Crossing]:
    """Two empty indices of one catalogue and model."""
    catalogue = describe(catalogue_name, catalogue_name, str(tiny_model))
    with crossing(client, admin, catalogue, catalogue) as opened:
        yield opened
