"""The fake cluster answers as a real one does, wherever a real one can be asked."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from opensearchpy import OpenSearch, TransportError
from plugins.fake_cluster import FakeCluster, fake_cluster, item, items, refusal
from plugins.provoke import update

from connector import cluster
from connector.settings import OpenSearchSettings

pytestmark = pytest.mark.server


@pytest.fixture
def fake() -> Iterator[FakeCluster]:
    with fake_cluster() as running:
        yield running


def test_a_failed_item_has_the_form_of_a_real_one(
    client: OpenSearch, fake: FakeCluster, catalogue_name: str
) -> None:
    """The same keys at the same places, the same status and type."""
    line = update(catalogue_name, "1", n=1)
    real = client.bulk(body=line)["items"][0]["update"]
    fake.replies = [items(item(404, "index_not_found_exception"))]
    told = faked(fake).bulk(body=line)["items"][0]["update"]
    assert told["status"] == real["status"]
    assert told["error"]["type"] == real["error"]["type"]
    assert told.keys() <= real.keys()
    assert told["error"].keys() <= real["error"].keys()


def test_a_refused_request_has_the_form_of_a_real_one(
    client: OpenSearch, fake: FakeCluster, catalogue_name: str
) -> None:
    """The client raises the same error with the same status, type and body."""
    line = update(catalogue_name, "x" * 600, n=1)
    fake.replies = [refusal(400, "action_request_validation_exception")]
    real, told = refused(client, line), refused(faked(fake), line)
    assert type(told) is type(real)
    assert (told.status_code, told.error) == (real.status_code, real.error)
    assert shape(told.info) == shape(real.info)


def faked(fake: FakeCluster) -> OpenSearch:
    return cluster.connect(OpenSearchSettings(url=fake.url))


def refused(client: OpenSearch, line: bytes) -> TransportError:
    with pytest.raises(TransportError) as raised:
        client.bulk(body=line)
    return raised.value


def shape(value: Any) -> Any:
    """Return a JSON value with its words left out."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return re.sub(r"\D.*", "", str(value))
