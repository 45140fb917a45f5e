import uuid
from collections.abc import Iterator

import pytest
from opensearchpy import OpenSearch
from plugins.behaviour import settings_with
from plugins.servers import PREFIX

from connector.settings import BehaviourSettings
from query.ubi.indices import Names, apply
from query.ubi.privacy import Privacy


@pytest.fixture
def privacy() -> Privacy:
    """As the defaults have it, with a key."""
    return Privacy(settings_with())


@pytest.fixture(scope="session")
def kept(client: OpenSearch) -> Iterator[BehaviourSettings]:
    """Settings whose indices exist, under a name of their own."""
    settings = settings_with(prefix=f"{PREFIX}{uuid.uuid4().hex[:12]}", retention_days=30)
    try:
        apply(client, settings)
        yield settings
    finally:
        for alias in vars(Names.of(settings)).values():
            client.indices.delete(index=f"{alias}-*")
            client.indices.delete_index_template(name=alias)
