import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from opensearchpy import OpenSearch

from connector.errors import ClusterRefusedError
from mappings.history import fields, store


@pytest.fixture
def alias(client: OpenSearch) -> Iterator[str]:
    """A catalogue's name under which figures are kept and dropped again."""
    name = f"t-{uuid.uuid4().hex[:12]}"
    store.ensure(client, fields.METRICS)
    yield name
    client.delete_by_query(
        index=fields.METRICS,
        body={"query": {"term": {"index": name}}},
        params={"refresh": "true", "conflicts": "proceed"},
    )


def found(client: OpenSearch, alias: str) -> list[dict[str, Any]]:
    query = {"query": {"term": {"index": alias}}, "size": 100}
    hits = client.search(index=fields.METRICS, body=query)["hits"]["hits"]
    return [hit["_source"] for hit in hits]


def lag(alias: str, partition: int, records: int) -> dict[str, Any]:
    at = "2026-01-02T03:04:05.000Z"
    named = {"@timestamp": at, "run": at, "kind": "partition", "index": alias, "topic": "t"}
    return named | {"partition": partition, "lag_records": records}


def test_what_is_recorded_twice_is_kept_once(client: OpenSearch, alias: str) -> None:
    """A document is known by everything in it that is no measurement."""
    assert store.record(client, fields.METRICS, [lag(alias, 0, 5), lag(alias, 1, 7)]) == 2
    assert store.record(client, fields.METRICS, [lag(alias, 0, 6)]) == 1
    kept = {each["partition"]: each["lag_records"] for each in found(client, alias)}
    assert kept == {0: 6, 1: 7}


def test_a_field_that_nobody_described_is_refused(client: OpenSearch, alias: str) -> None:
    """The indices are strict, and the message says what may help."""
    wrong = lag(alias, 0, 5)
    strange = {**wrong, "topic": {"deep": 1}}
    with pytest.raises(ClusterRefusedError, match="does not take a document"):
        store.record(client, fields.METRICS, [strange])
    assert found(client, alias) == []


def test_the_indices_stand_as_they_are_described(client: OpenSearch) -> None:
    """Made by whom it may be, mapping and template have every field and no other."""
    for index in fields.FIELDS:
        store.ensure(client, index)
        assert store.ensure(client, index) == []
        mapping = client.indices.get_mapping(index=index)[index]["mappings"]
        assert mapping == store.body(index)["mappings"]
        template = client.indices.get_index_template(name=index)["index_templates"][0]
        assert template["index_template"]["index_patterns"] == [f"{index}*"]
