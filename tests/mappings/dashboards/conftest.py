from collections.abc import Iterator

import pytest
from opensearchpy import OpenSearch
from plugins.figures import figures


@pytest.fixture(scope="session")
def suffix(client: OpenSearch) -> Iterator[str]:
    """What the names of indices with figures end with."""
    with figures(client) as made:
        yield made
