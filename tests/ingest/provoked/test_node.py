"""Answers of a real OpenSearch whose own settings leave it little room."""

from collections.abc import Iterator

import pytest
from kit.node import node
from opensearchpy import OpenSearch
from plugins.provoke import connect, send, update

from connector.errors import ClusterRefusedError
from ingest.write.outcome import SCRIPT_CROWDED, SCRIPT_FORBIDDEN, Outcome

CRAMPED = (
    "http.max_content_length: 300kb",
    "network.breaker.inflight_requests.limit: 240kb",
    "thread_pool.write.size: 1",
    "thread_pool.write.queue_size: 1",
    "script.context.update.max_compilations_rate: 3/60m",
)


@pytest.fixture(scope="module")
def cramped() -> Iterator[OpenSearch]:
    """A node with one writing thread and hardly any room."""
    with node(*CRAMPED) as running:
        client = connect(running.access)
        client.indices.create(
            index="i", body={"settings": {"number_of_shards": 8, "number_of_replicas": 0}}
        )
        yield client


def test_413_of_a_request_and_of_an_item(cramped: OpenSearch) -> None:
    """Halved until it fits; what is too large alone is a dead letter."""
    large = [update("i", str(number), text="x" * 50_000) for number in range(4)]
    results = send(cramped, "i", *large, update("i", "9", text="x" * 400_000))
    assert [r.outcome for r in results] == [Outcome.OK] * 4 + [Outcome.DEAD_LETTER]
    assert "413" in results[-1].reason


def test_429_of_a_request(cramped: OpenSearch) -> None:
    """A circuit breaker refuses the whole request, for now."""
    [result] = send(cramped, "i", update("i", "1", text="x" * 250_000))
    assert (result.outcome, result.said) == (Outcome.RETRY, "circuit_breaking_exception")


def test_429_of_items(cramped: OpenSearch) -> None:
    """A full queue refuses some items; their neighbours are written."""
    lines = [update("i", str(number), n=number) for number in range(200)]
    results = send(cramped, "i", *lines)
    assert {r.said for r in results if r.outcome is Outcome.RETRY} == {
        "rejected_execution_exception"
    }
    assert Outcome.OK in {r.outcome for r in results}


def test_400_of_too_many_scripts(cramped: OpenSearch) -> None:
    """The cluster calls it a bad request; it is only crowded, with other people's scripts."""
    scripts = [update("i", "1", f"ctx._source.n = {number}") for number in range(5)]
    last = send(cramped, "i", *scripts)[-1]
    assert (last.outcome, last.said) == (Outcome.RETRY, SCRIPT_CROWDED)


def test_403_of_a_cluster_that_is_read_only(cramped: OpenSearch) -> None:
    """A block on the cluster stops the worker as one on the index does."""
    blocked = {"persistent": {"cluster.blocks.read_only": True}}
    cramped.cluster.put_settings(body=blocked)
    try:
        with pytest.raises(ClusterRefusedError, match="lift the block"):
            send(cramped, "i", update("i", "1", n=1))
    finally:
        cramped.cluster.put_settings(body={"persistent": {"cluster.blocks.read_only": None}})


def test_400_of_a_cluster_that_allows_no_such_script() -> None:
    """No record is to blame, and none is parked."""
    with node("script.allowed_types: stored") as running:
        client = connect(running.access)
        client.indices.create(index="i", body={"settings": {"number_of_replicas": 0}})
        with pytest.raises(ClusterRefusedError, match=f"{SCRIPT_FORBIDDEN}.*allow inline scripts"):
            send(client, "i", update("i", "1", n=1))
