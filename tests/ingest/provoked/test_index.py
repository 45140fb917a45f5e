"""Answers of a real OpenSearch that an index alone can be made to give."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opensearchpy import OpenSearch
from plugins.provoke import send, update

from connector import cluster
from connector.errors import (
    ClusterRefusedError,
    ClusterUnavailableError,
    ConnectorError,
    IndexMissingError,
)
from connector.settings import OpenSearchSettings
from ingest import script
from ingest.write.answer import unreadable
from ingest.write.bulk import Bulk
from ingest.write.item import Result
from ingest.write.outcome import PIPELINE_MISSING, SCRIPT_BROKEN, TEXT_MOVED, Outcome

pytestmark = pytest.mark.server

Make = Callable[..., str]

VECTOR = {
    "type": "knn_vector",
    "dimension": 3,
    "method": {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"},
}
STRICT = {
    "dynamic": "strict",
    "properties": {"n": {"type": "integer"}, "k": {"type": "keyword"}, "v": VECTOR},
}


@pytest.fixture
def make(client: OpenSearch, catalogue_name: str) -> Iterator[Make]:
    """Make an index of one shard; all are dropped afterwards."""

    def create(mappings: Any = STRICT, shards: str = "1", **settings: Any) -> str:
        name = f"{catalogue_name}-{uuid.uuid4().hex[:6]}"
        body = {
            "settings": {"number_of_replicas": 0, "knn": True, **settings},
            "mappings": mappings,
        }
        client.indices.create(index=name, body=body, params={"wait_for_active_shards": shards})
        return name

    return create


def block(client: OpenSearch, index: str, name: str, on: bool = True) -> None:
    client.indices.put_settings(index=index, body={f"index.blocks.{name}": on})


def read(client: OpenSearch, index: str) -> ConnectorError:
    answer = client.mget(index=index, body={"ids": ["1"]})
    return unreadable(index, answer["docs"][0]["error"])


def test_200_and_201(client: OpenSearch, make: Make) -> None:
    """Created and updated are ok; a script that does nothing found a newer version."""
    index = make()
    lines = [update(index, "1", n=1), update(index, "1", n=2)]
    results = send(client, index, *lines, update(index, "1", "ctx.op = 'none'"))
    assert [(r.outcome, r.said) for r in results] == [
        (Outcome.OK, "created"),
        (Outcome.OK, "updated"),
        (Outcome.STALE, "noop"),
    ]


def test_a_question_changes_nothing(client: OpenSearch, make: Make) -> None:
    """Of a document that is there and of one that is not: its shard answers, and that is all."""
    index = make()
    send(client, index, update(index, "1", n=1))
    before = client.get(index=index, id="1")
    results = send(client, index, *(update(index, each, script.NOTHING) for each in ("1", "2")))
    assert [result.outcome for result in results] == [Outcome.STALE] * 2
    assert client.get(index=index, id="1") == before
    assert not client.exists(index=index, id="2")


@pytest.mark.parametrize(
    ("fields", "said", "words"),
    [
        ({"n": "many"}, "mapper_parsing_exception", r"\[n\] of type \[integer\]"),
        ({"z": 1}, "strict_dynamic_mapping_exception", r"introduction of \[z\]"),
        ({"v": [1, 2]}, "mapper_parsing_exception", "dimension mismatch. Expected: 3, Given: 2"),
        ({"v": [0, 0, 0]}, "mapper_parsing_exception", "zero vector is not supported"),
        ({"k": "x" * 40_000}, "illegal_argument_exception", "immense term"),
    ],
    ids=["wrong type", "unknown field", "wrong dimension", "zero vector", "immense term"],
)
def test_400_of_the_document(
    client: OpenSearch, make: Make, fields: dict[str, Any], said: str, words: str
) -> None:
    """One dead letter with the cluster's words; its neighbour is written."""
    index = make()
    bad, good = send(client, index, update(index, "1", **fields), update(index, "2", n=1))
    assert (bad.outcome, bad.said, good.outcome) == (Outcome.DEAD_LETTER, said, Outcome.OK)
    assert re.search(words, bad.reason)


def test_400_of_a_field_explosion(client: OpenSearch, make: Make) -> None:
    """The limits of fields and of depth refuse the document that would pass them."""
    settings = {"index.mapping.total_fields.limit": 5, "index.mapping.depth.limit": 3}
    index = make({"dynamic": True}, **settings)
    wide = update(index, "1", **{f"f{number}": number for number in range(20)})
    deep = update(index, "2", a={"b": {"c": {"d": {"e": 1}}}})
    results = send(client, index, wide, deep, update(index, "3", n=1))
    assert [r.outcome for r in results] == [Outcome.DEAD_LETTER] * 2 + [Outcome.OK]
    assert "Limit of total fields [5]" in results[0].reason
    assert "depth" in results[1].reason


def test_400_of_the_script(client: OpenSearch, make: Make) -> None:
    """Its own refusal replans; what it meets in one document is that document's fault."""
    index = make()
    throws = f"throw new IllegalArgumentException('{script.TEXT_MOVED}')"
    moved, failed = send(
        client, index, update(index, "1", throws), update(index, "1", "def x = null; x.foo()")
    )
    assert (moved.outcome, moved.said) == (Outcome.REPLAN, TEXT_MOVED)
    assert (failed.outcome, failed.said) == (Outcome.DEAD_LETTER, "script: runtime error")
    with pytest.raises(ClusterRefusedError, match=SCRIPT_BROKEN):
        send(client, index, update(index, "1", "nonsense("))


def test_400_of_a_closed_index(client: OpenSearch, make: Make) -> None:
    """It stops the worker, and reading it does as well."""
    index = make()
    client.indices.close(index=index)
    with pytest.raises(ClusterRefusedError, match="open the index"):
        send(client, index, update(index, "1", n=1))
    assert "open the index" in str(read(client, index))


def test_400_of_a_missing_pipeline(client: OpenSearch, make: Make) -> None:
    """The index's own settings refuse every document; none is to blame."""
    index = make(**{"index.default_pipeline": "nowhere"})
    with pytest.raises(ClusterRefusedError, match=PIPELINE_MISSING):
        send(client, index, update(index, "1", n=1))


def test_400_of_a_whole_request(client: OpenSearch, make: Make) -> None:
    """One id that is too long fails the request; alone it is a dead letter."""
    index = make()
    bad, good = send(client, index, update(index, "x" * 600, n=1), update(index, "2", n=1))
    assert (bad.outcome, good.outcome) == (Outcome.DEAD_LETTER, Outcome.OK)
    assert "action_request_validation_exception" in bad.said


def test_400_of_what_is_no_bulk_request(client: OpenSearch, make: Make) -> None:
    """Something between here and there mangles requests: stop."""
    with pytest.raises(ClusterRefusedError, match="json_parse_exception"):
        Bulk(client, make(), 1_000).send({0: b"garbage\n"})


@pytest.mark.parametrize("name", ["write", "read_only"])
def test_403_of_a_block(client: OpenSearch, make: Make, name: str) -> None:
    """Somebody closed the index to writers."""
    index = make()
    block(client, index, name)
    try:
        with pytest.raises(ClusterRefusedError, match="lift the block"):
            send(client, index, update(index, "1", n=1))
    finally:
        block(client, index, name, on=False)


def test_403_of_a_block_on_reading(client: OpenSearch, make: Make) -> None:
    """Where nothing can be planned, nothing is written."""
    index = make()
    block(client, index, "read")
    error = read(client, index)
    assert isinstance(error, ClusterRefusedError)
    assert "lift the block" in str(error)


def test_404_of_the_index(client: OpenSearch, catalogue_name: str) -> None:
    """Nothing but `connector mappings apply` may make it."""
    with pytest.raises(IndexMissingError, match="connector mappings apply"):
        send(client, catalogue_name, update(catalogue_name, "1", n=1))
    assert isinstance(read(client, catalogue_name), IndexMissingError)


def test_409(client: OpenSearch, make: Make) -> None:
    """Another writer was faster: the same item again."""
    index = make()
    send(client, index, update(index, "1", n=1))
    action = {"update": {"_index": index, "_id": "1", "if_seq_no": 99, "if_primary_term": 1}}
    conflict = f"{json.dumps(action)}\n{json.dumps({'doc': {'n': 2}})}\n".encode()
    [result] = send(client, index, conflict)
    assert (result.outcome, result.said) == (Outcome.RETRY, "version_conflict_engine_exception")


def test_429_of_a_full_disk(client: OpenSearch, make: Make) -> None:
    """The flood-stage block lifts itself when there is room again."""
    index = make()
    block(client, index, "read_only_allow_delete")
    [result] = send(client, index, update(index, "1", n=1))
    assert (result.outcome, result.said) == (Outcome.RETRY, "cluster_block_exception")


def test_503_of_a_missing_primary(client: OpenSearch, make: Make) -> None:
    """The shard may come back, for writing and for reading."""
    index = make(shards="0", **{"index.routing.allocation.require.box": "nowhere"})
    answer = client.transport.perform_request(
        "POST",
        "/_bulk?timeout=1s",
        body=update(index, "1", n=1),
        headers={"content-type": "application/x-ndjson"},
    )
    result = found(client, index, answer)
    assert (result.outcome, result.said) == (Outcome.RETRY, "unavailable_shards_exception")
    error = read(client, index)
    assert isinstance(error, ClusterUnavailableError)
    assert "no_shard_available_action_exception" in str(error)


def found(client: OpenSearch, index: str, answer: Any) -> Result:
    """Decide about the one item of an answer that had to be asked for another way."""
    return Bulk(client, index, 1)._result(answer["items"][0]["update"])


def test_no_answer() -> None:
    """Nobody listens there: for now."""
    away = cluster.connect(OpenSearchSettings(url="http://127.0.0.1:9"))
    [result] = send(away, "i", update("i", "1"))
    assert (result.outcome, result.said) == (Outcome.RETRY, "no answer")
