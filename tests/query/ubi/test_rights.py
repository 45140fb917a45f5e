"""The roles about behaviour, where a cluster has users: `--opensearch 2.19 --secure`."""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from opensearchpy import AuthorizationException, OpenSearch
from plugins.servers import ROLES
from plugins.users import require_users, user_of

from connector.cluster import connect
from connector.local.plan import Addresses
from connector.local.stack import settings_for
from connector.settings import BehaviourSettings, Settings
from query.clicks.stored import pages
from query.experiments import store
from query.experiments.experiment import Experiment, Variant
from query.ubi.forget import forget
from query.ubi.indices import Names, apply
from query.ubi.privacy import Privacy
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


Having = Callable[[str], Settings]


@pytest.fixture(scope="module")
def having(addresses: Addresses, kept: BehaviourSettings) -> Having:
    """Settings of a user with a shipped role and no other."""
    access = addresses.opensearch
    require_users(access)
    roles = json.loads(ROLES.read_text("utf-8").replace("ubi_", f"{kept.prefix}_"))

    def of(role: str) -> Settings:
        user = user_of(access, role, roles[role])
        own = settings_for(replace(addresses, opensearch=user))
        return own.model_copy(update={"behaviour": kept})

    return of


@pytest.fixture(scope="module")
def recording(having: Having) -> Settings:
    """Settings of whoever records."""
    return having("connector_behaviour")


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
def test_the_role_reads_which_experiment_runs(recording: Settings) -> None:
    """Who shows rankings shows variants; none runs on a catalogue that there is not."""
    assert store.running(connect(recording.opensearch), "no-such-catalogue") is None


@pytest.mark.server
@pytest.mark.parametrize("call", FORBIDDEN.values(), ids=FORBIDDEN)
def test_the_role_does_nothing_else(recording: Settings, call: Call) -> None:
    """Whoever steals it cannot read what anybody did."""
    with pytest.raises(AuthorizationException):
        call(connect(recording.opensearch), Names.of(recording.behaviour))


@pytest.mark.server
def test_the_keeper_keeps_the_indices_and_forgets(
    having: Having, recording: Settings, client: OpenSearch
) -> None:
    """`apply` and `forget` are all that it needs; it reads no catalogue."""
    keeper = having("connector_keeper")
    names, own = Names.of(keeper.behaviour), connect(keeper.opensearch)
    recorder = Recorder.of(recording)
    assert recorder is not None
    recorder.events(
        [{"action_name": "click", "query_id": recorder.new_query_id(), "user_id": "bo"}]
    )
    recorder.close()
    assert forget(own, names, Privacy(keeper.behaviour).person("bo")).events == 1
    assert not apply(own, keeper.behaviour).created
    client.indices.rollover(alias=names.events)
    client.indices.refresh(index=names.events)
    everything = {"query": {"match_all": {}}}
    client.delete_by_query(index=names.events, body=everything, params={"refresh": "true"})
    assert apply(own, keeper.behaviour).dropped
    with pytest.raises(AuthorizationException):
        own.search(index="connector-metrics")


@pytest.mark.server
def test_the_analyst_reads_behaviour_and_keeps_experiments(
    having: Having, client: OpenSearch
) -> None:
    """What learning needs beside a reader's rights; nothing of behaviour can be changed."""
    analyst = having("connector_analyst")
    names, own = Names.of(analyst.behaviour), connect(analyst.opensearch)
    assert isinstance(pages(own, names, "t-none", 30, {}), list)
    named = f"t-{uuid.uuid4().hex[:12]}"
    variant = Variant(system="native")
    trial = Experiment(name=named, catalogue=named, treatment=variant, started=datetime.now(UTC))
    try:
        store.start(own, trial)
        assert store.running(own, named) == store.read(own, named)
    finally:
        query = {"query": {"term": {"catalogue": named}}}
        client.delete_by_query(index=store.INDEX, body=query, params={"refresh": "true"})
    with pytest.raises(AuthorizationException):
        own.delete_by_query(index=names.events, body={"query": {"match_all": {}}})
