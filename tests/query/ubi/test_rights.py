"""The role of whoever records behaviour, where a cluster has users: `--opensearch 2.19 --secure`."""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from opensearchpy import AuthorizationException, OpenSearch
from plugins.servers import ROLES

from connector.cluster import connect
from connector.local.plan import Addresses
from connector.local.stack import settings_for
from connector.settings import BehaviourSettings, Settings
from query.ubi.indices import Names
from query.ubi.recorder import Recorder

Call = Callable[[OpenSearch, Names], Any]

FORBIDDEN: dict[str, Call] = {
    "reads": lambda client, names: client.search(index=names.queries),
    "counts": lambda client, names: client.count(index=names.events),
    "deletes": lambda client, names: client.delete(index=names.events, id="1"),
    "empties": lambda client, names: client.delete_by_query(
        index=names.events, body={"query": {"match_all": {}}}
    ),
    "drops": lambda client, names: client.indices.delete(index=f"{names.events}-000001"),
    "makes": lambda client, names: client.indices.create(index=f"{names.queries}-9"),
    "writes elsewhere": lambda client, _: client.index(index="connector-metrics", body={"a": 1}),
    "looks about": lambda client, _: client.indices.get_alias(),
}


@pytest.fixture(scope="module")
def recording(addresses: Addresses, kept: BehaviourSettings) -> Settings:
    """Settings of a user with the shipped role and no other."""
    access = addresses.opensearch
    if not access.username:
        pytest.skip("a cluster without users")
    role = "connector_behaviour"
    text = ROLES.read_text("utf-8").replace("ubi_", f"{kept.prefix}_")
    user = access.add_user(role, uuid.uuid4().hex + "-Aa1", json.loads(text)[role])
    own = settings_for(replace(addresses, opensearch=user))
    return own.model_copy(update={"behaviour": kept})


@pytest.mark.server
def test_the_role_writes_behaviour(recording: Settings, client: OpenSearch) -> None:
    """The recorder needs no more than it has."""
    recorder = Recorder.of(recording)
    assert recorder is not None
    taken = recorder.events(
        [{"action_name": "click", "query_id": recorder.new_query_id(), "client_id": "anna"}]
    )
    recorder.close()
    assert (taken.accepted, recorder.tally.written) == (1, 1), (taken, recorder.tally)
    events = Names.of(recording.behaviour).events
    client.indices.refresh(index=events)
    assert client.count(index=events)["count"]


@pytest.mark.server
@pytest.mark.parametrize("call", FORBIDDEN.values(), ids=FORBIDDEN)
def test_the_role_does_nothing_else(recording: Settings, call: Call) -> None:
    """Whoever steals it cannot read what anybody did."""
    with pytest.raises(AuthorizationException):
        call(connect(recording.opensearch), Names.of(recording.behaviour))
