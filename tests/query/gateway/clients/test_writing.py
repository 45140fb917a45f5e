"""opensearch-py's own client through a gateway that lets everything through."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from opensearchpy import OpenSearch, TransportError, helpers
from plugins.servers import PREFIX

pytestmark = pytest.mark.server

ODD_ID = "https://shop.example/a b?c=ü"


@pytest.fixture(scope="module")
def index(client: OpenSearch, writing: OpenSearch) -> Iterator[str]:
    """A new index, made and dropped through the gateway."""
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    writing.indices.create(index=name, body={"settings": {"number_of_shards": 1}})
    yield name
    writing.indices.delete(index=name)
    assert not client.indices.exists(index=name)


def test_documents_are_written_read_and_deleted(writing: OpenSearch, index: str) -> None:
    """Index, create, update by part and by script, delete; ids of any signs."""
    assert writing.index(index=index, id=ODD_ID, body={"n": 1})["result"] == "created"
    with pytest.raises(TransportError) as conflict:
        writing.create(index=index, id=ODD_ID, body={"n": 1})
    assert conflict.value.status_code == 409
    writing.update(index=index, id=ODD_ID, body={"doc": {"m": 2}})
    writing.update(index=index, id=ODD_ID, body={"script": {"source": "ctx._source.n += 1"}})
    assert writing.get(index=index, id=ODD_ID)["_source"] == {"n": 2, "m": 2}
    assert writing.exists(index=index, id=ODD_ID)
    assert writing.delete(index=index, id=ODD_ID)["result"] == "deleted"
    assert not writing.exists(index=index, id=ODD_ID)


@pytest.mark.parametrize("helper", [helpers.bulk, helpers.streaming_bulk, helpers.parallel_bulk])
def test_bulk_helpers_write_every_document(writing: OpenSearch, index: str, helper: Any) -> None:
    """More than one request, and a body beyond what a search may have."""
    some = [
        {"_index": index, "_id": f"{helper.__name__}-{n}", "by": helper.__name__, "t": "x" * 9_000}
        for n in range(250)
    ]
    done = helper(writing, iter(some), chunk_size=200)
    assert done == (250, []) if helper is helpers.bulk else all(ok for ok, _ in done)
    writing.indices.refresh(index=index)
    body = {"query": {"match": {"by.keyword": helper.__name__}}}
    assert writing.count(index=index, body=body)["count"] == 250
    gone = writing.delete_by_query(index=index, body=body, params={"refresh": "true"})
    assert gone["deleted"] == 250


def test_scripts_and_templates_of_the_request_run(writing: OpenSearch, index: str) -> None:
    """What a gateway that only reads refuses: nothing of it is held back."""
    writing.index(index=index, id="s", body={"n": 20}, params={"refresh": "true"})
    found = writing.search(
        index=index,
        body={"script_fields": {"twice": {"script": "doc['n'].value * 2"}}, "size": 1},
    )
    assert found["hits"]["hits"][0]["fields"]["twice"] == [40]
    source = {"query": {"term": {"n": "{{n}}"}}}
    asked = {"source": source, "params": {"n": 20}}
    assert writing.search_template(index=index, body=asked)["hits"]["total"]["value"] == 1
    many = writing.msearch_template(
        body=[{"index": index}, asked, {"index": index}, {"source": "{"}]
    )
    assert [one["status"] for one in many["responses"]] == [200, 400]


def test_a_template_that_makes_no_json_is_the_clusters_to_refuse(
    writing: OpenSearch, client: OpenSearch, index: str
) -> None:
    """The cluster renders it without complaint, and then tells what is wrong with it."""
    told = []
    for each in (client, writing):
        with pytest.raises(TransportError) as error:
            each.search_template(index=index, body={"source": '{"query": {"match": {'})
        told.append((error.value.status_code, error.value.info))
    assert told[0] == told[1]
    assert told[0][0] == 400


def test_the_caps_of_a_search_are_the_clusters_own(writing: OpenSearch, index: str) -> None:
    """A page too far and a text too long are answered in the cluster's words."""
    with pytest.raises(TransportError, match="Result window is too large"):
        writing.search(index=index, params={"from": 10_000})
    long = {"query": {"regexp": {"by": "a" * 1_110}}}
    with pytest.raises(TransportError, match="The length of regex"):
        writing.search(index=index, body=long)


def test_administration_goes_through(writing: OpenSearch, index: str) -> None:
    """Settings, aliases and everybody's points in time."""
    writing.indices.put_settings(index=index, body={"index": {"refresh_interval": "2s"}})
    writing.indices.update_aliases(
        body={"actions": [{"add": {"index": index, "alias": f"{index}-a"}}]}
    )
    assert writing.indices.exists_alias(name=f"{index}-a")
    assert writing.cluster.put_settings(body={"transient": {"logger.none": None}})["acknowledged"]
