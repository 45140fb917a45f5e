from datetime import UTC, datetime, timedelta

import pytest
from opensearchpy import OpenSearch, TransportError

from connector.settings import BehaviourSettings
from query.ubi import indices
from query.ubi.forget import forget
from query.ubi.indices import Names, apply
from query.ubi.privacy import Privacy

pytestmark = pytest.mark.server


def put(client: OpenSearch, index: str, id_: str, **fields: object) -> None:
    """Write a document."""
    at = fields.pop("timestamp", datetime.now(UTC))
    assert isinstance(at, datetime)
    body = {"timestamp": at.isoformat(), **fields}
    client.index(index=index, id=id_, body=body, params={"refresh": "true"})


def test_applying_again_changes_nothing(client: OpenSearch, kept: BehaviourSettings) -> None:
    """The aliases are there, one index each, and nothing is due."""
    done = apply(client, kept)
    assert (done.created, done.rolled, done.dropped) == ((), (), ())


def test_a_field_that_the_schema_does_not_know_is_refused(
    client: OpenSearch, kept: BehaviourSettings
) -> None:
    """The cluster itself keeps the schema, also against other writers."""
    with pytest.raises(TransportError, match="strict_dynamic_mapping"):
        put(client, Names.of(kept).events, "x", action_name="click", address="203.0.113.7")


def test_documents_beyond_the_retention_go_and_empty_indices_with_them(
    client: OpenSearch, kept: BehaviourSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rollover begins a new index; when all that the old one holds is too old, it is dropped."""
    names = Names.of(kept)
    old = datetime.now(UTC) - timedelta(days=31)
    client.delete_by_query(
        index=names.events, body={"query": {"match_all": {}}}, params={"refresh": "true"}
    )
    put(client, names.events, "old", action_name="click", timestamp=old)
    monkeypatch.setattr(indices, "ROLLOVER", {"max_docs": 1})
    rolled = apply(client, kept)
    assert names.events in rolled.rolled
    assert rolled.expired == 1
    assert [name for name in rolled.dropped if name.startswith(names.events)]
    assert names.events not in apply(client, kept).created
    put(client, names.events, "new", action_name="click")
    assert client.count(index=names.events)["count"] == 1


def test_one_person_is_forgotten_and_nobody_else(
    client: OpenSearch, kept: BehaviourSettings
) -> None:
    """By any of their ids; what they did before they signed in goes with the query it was done to."""
    names, privacy = Names.of(kept), Privacy(kept)
    anna, ben = privacy.person("anna"), privacy.person("ben")
    ours = privacy.person("browser-of-both")
    put(client, names.queries, "q1", query_id="q1", client_id=ours)
    put(client, names.queries, "q2", query_id="q2", query_attributes={"user_id": anna})
    put(client, names.queries, "q3", query_id="q3", client_id=ours)
    put(client, names.events, "e1", query_id="q1", action_name="click", user_id=anna)
    put(client, names.events, "e2", query_id="q1", action_name="click", client_id=ours)
    put(client, names.events, "e3", query_id="q2", action_name="click")
    put(client, names.events, "e4", action_name="login", session_id=anna)
    put(client, names.events, "e5", query_id="q3", action_name="click", user_id=ben)
    done = forget(client, names, anna)
    assert (done.queries, done.events) == (2, 4)
    both = f"{names.queries},{names.events}"
    assert (
        client.count(index=both, body={"query": {"terms": {"query_id": ["q1", "q2"]}}})["count"]
        == 0
    )
    assert client.count(index=both, body={"query": {"query_string": {"query": anna}}})["count"] == 0
    assert client.count(index=both, body={"query": {"term": {"query_id": "q3"}}})["count"] == 2
    again = forget(client, names, anna)
    assert (again.queries, again.events) == (0, 0)
