"""The role of whoever keeps figures, where a cluster has users: `--opensearch 2.19 --secure`."""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from opensearchpy import AuthorizationException, OpenSearch
from plugins.servers import ROLES
from plugins.users import require_users, user_of

from connector.cluster import connect
from connector.local.plan import Addresses
from connector.local.stack import settings_for
from mappings.history import fields, store

FORBIDDEN: dict[str, Callable[[OpenSearch], Any]] = {
    "deletes": lambda client: client.delete(index=fields.METRICS, id="1"),
    "drops": lambda client: client.indices.delete(index=fields.METRICS),
    "makes": lambda client: client.indices.create(index=f"{fields.METRICS}-t-9"),
    "changes the mapping": lambda client: client.indices.put_mapping(
        index=fields.METRICS, body={"properties": {"a": {"type": "keyword"}}}
    ),
    "reads behaviour": lambda client: client.search(index="ubi_queries"),
    "writes elsewhere": lambda client: client.index(index="ubi_events", body={"a": 1}),
}


@pytest.fixture(scope="module")
def recording(addresses: Addresses, client: OpenSearch) -> OpenSearch:
    """A client of a user with the shipped role and no other; an administrator made the indices."""
    access = addresses.opensearch
    require_users(access)
    for index in fields.FIELDS:
        store.ensure(client, index)
    role = "connector_recorder"
    rights = json.loads(ROLES.read_text("utf-8"))[role]
    user = user_of(access, role, rights)
    return connect(settings_for(replace(addresses, opensearch=user)).opensearch)


@pytest.mark.server
@pytest.mark.parametrize("index", fields.FIELDS)
def test_the_role_keeps_figures(recording: OpenSearch, client: OpenSearch, index: str) -> None:
    """In both indices, as evaluations, the doctor and workers do."""
    name = f"t-{uuid.uuid4().hex[:12]}"
    one = {"@timestamp": "2026-01-02T03:04:05.000Z", "run": name, "kind": "t", "index": name}
    try:
        assert store.record(recording, index, [one]) == 1
    finally:
        query = {"query": {"term": {"index": name}}}
        client.delete_by_query(index=index, body=query, params={"refresh": "true"})


@pytest.mark.server
@pytest.mark.parametrize("call", FORBIDDEN.values(), ids=FORBIDDEN)
def test_the_role_does_nothing_else(
    recording: OpenSearch, call: Callable[[OpenSearch], Any]
) -> None:
    """It makes nothing, drops nothing and sees no shopper."""
    with pytest.raises(AuthorizationException):
        call(recording)
