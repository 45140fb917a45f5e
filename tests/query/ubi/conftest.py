import uuid
from collections.abc import Iterator

import pytest
from opensearchpy import OpenSearch
from plugins.behaviour import recording, settings_with
from plugins.servers import PREFIX

from connector.settings import BehaviourSettings
from query.ubi.privacy import Privacy


@pytest.fixture
def privacy() -> Privacy:
    """As the defaults have it, with a key."""
    return Privacy(settings_with())


@pytest.fixture(scope="session")
def kept(client: OpenSearch) -> Iterator[BehaviourSettings]:
    """Settings whose indices exist, under a name of their own."""
    with recording(
        client, prefix=f"{PREFIX}{uuid.uuid4().hex[:12]}", retention_days=30
    ) as settings:
        yield settings
