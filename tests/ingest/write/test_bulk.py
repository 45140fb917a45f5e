"""Requests and their answers, from a cluster that says what it is told to say."""

from collections.abc import Iterator
from email.utils import formatdate
from time import time

import pytest
from opensearchpy import OpenSearch
from plugins.fake_cluster import FakeCluster, Reply, done, fake_cluster, item, items, refusal
from plugins.provoke import LIMIT, send, update

from connector import cluster
from connector.errors import ClusterRefusedError, ClusterUnavailableError, IndexMissingError
from connector.settings import OpenSearchSettings
from ingest.write.bulk import Bulk
from ingest.write.outcome import Outcome

RETRIED = [408, 409, 429, 502, 503, 504]


@pytest.fixture
def fake() -> Iterator[FakeCluster]:
    with fake_cluster() as running:
        yield running


@pytest.fixture
def client(fake: FakeCluster) -> OpenSearch:
    return cluster.connect(OpenSearchSettings(url=fake.url))


def lines(count: int) -> dict[int, bytes]:
    return {number: update("i", str(number), title="x" * 100) for number in range(count)}


@pytest.mark.parametrize("status", RETRIED)
def test_an_item_that_failed_for_now_is_told_from_its_neighbours(
    fake: FakeCluster, client: OpenSearch, status: int
) -> None:
    """One answer, two outcomes."""
    fake.replies = [items(done(), item(status, "any_exception"))]
    results = send(client, "i", *lines(2).values())
    assert [result.outcome for result in results] == [Outcome.OK, Outcome.RETRY]


def test_an_item_that_the_cluster_fails_on_is_suspect(
    fake: FakeCluster, client: OpenSearch
) -> None:
    """Whether the cluster is ill or the document is, one answer does not tell."""
    fake.replies = [items(done(), item(500, "null_pointer_exception"))]
    results = send(client, "i", *lines(2).values())
    assert [result.outcome for result in results] == [Outcome.OK, Outcome.SUSPECT]


@pytest.mark.parametrize("status", RETRIED)
def test_a_request_that_failed_for_now_fails_each_of_its_items(
    fake: FakeCluster, client: OpenSearch, status: int
) -> None:
    """They are all sent again; whether some were written, their versions know."""
    fake.replies = [refusal(status, "any_exception")]
    results = send(client, "i", *lines(2).values())
    assert [result.outcome for result in results] == [Outcome.RETRY] * 2


def test_a_request_that_the_cluster_fails_on_makes_nobody_suspect_but_an_item_alone(
    fake: FakeCluster, client: OpenSearch
) -> None:
    """Which of several it is, smaller requests will tell."""
    fake.replies = [refusal(500, "any_exception")]
    together = send(client, "i", *lines(2).values())
    assert [result.outcome for result in together] == [Outcome.NARROW] * 2
    assert [result.outcome for result in send(client, "i", lines(1)[0])] == [Outcome.SUSPECT]


@pytest.mark.parametrize("status", [429, 503])
def test_how_long_to_wait_is_the_cluster_s_to_say(
    fake: FakeCluster, client: OpenSearch, status: int
) -> None:
    """Retry-After in seconds or as a date; nonsense asks for nothing."""
    later = formatdate(time() + 3600, usegmt=True)
    fake.replies = [refusal(status, "x", retry_after=each) for each in ("17", later, "soon")]
    waits = [send(client, "i", update("i", "1"))[0].wait_s for _ in range(3)]
    assert waits[0] == 17.0
    assert 3000 < waits[1] <= 3600
    assert waits[2] == 0.0


def test_reads_learn_how_long_to_wait_as_well(fake: FakeCluster, client: OpenSearch) -> None:
    """The error that they raise carries it."""
    fake.replies = [refusal(503, "x", retry_after="3")]
    with pytest.raises(ClusterUnavailableError) as raised, cluster.faults("asking"):
        client.bulk(body=update("i", "1"))
    assert raised.value.retry_after_s == 3.0


def test_a_request_that_is_too_large_is_halved(fake: FakeCluster, client: OpenSearch) -> None:
    """Until it fits; what follows is sent in requests of that size from the start."""
    bulk = Bulk(client, "i", LIMIT)
    fake.replies = [refusal(413, ""), items(done(), done()), items(done(), done())]
    answers = bulk.send(lines(4))
    assert {answer.outcome for answer in answers.values()} == {Outcome.OK}
    assert fake.requests == [["0", "1", "2", "3"], ["0", "1"], ["2", "3"]]
    bulk.send(lines(4))
    assert fake.requests[3:] == [["0", "1"], ["2", "3"]]


def test_an_item_that_is_too_large_by_itself_is_a_dead_letter(
    fake: FakeCluster, client: OpenSearch
) -> None:
    """Its neighbours are written."""
    fake.replies = [refusal(413, ""), items(done()), refusal(413, "")]
    first, second = send(client, "i", *lines(2).values())
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.DEAD_LETTER)
    assert "413 for an item of" in second.reason


@pytest.mark.parametrize(
    ("status", "kind", "advice"),
    [
        (401, "security_exception", r"opensearch\.password"),
        (403, "security_exception", "rights"),
        (403, "cluster_block_exception", "lift the block"),
    ],
)
def test_a_refusal_stops_with_advice(
    fake: FakeCluster, client: OpenSearch, status: int, kind: str, advice: str
) -> None:
    """What is wrong is not the records' fault."""
    fake.replies = [refusal(status, kind)]
    with pytest.raises(ClusterRefusedError, match=advice):
        send(client, "i", update("i", "1"))


def test_a_missing_index_stops_with_advice(fake: FakeCluster, client: OpenSearch) -> None:
    """Nothing may create it but `connector mappings apply`."""
    fake.replies = [items(item(404, "index_not_found_exception"))]
    with pytest.raises(IndexMissingError, match="connector mappings apply"):
        send(client, "i", update("i", "1"))


def test_an_answer_nobody_knows_stops(fake: FakeCluster, client: OpenSearch) -> None:
    """A proxy's page, say: nothing is guessed."""
    fake.replies = [Reply(418, "teapot", {"content-type": "text/html"})]
    with pytest.raises(ClusterRefusedError, match="418"):
        send(client, "i", update("i", "1"))


@pytest.mark.parametrize("body", ["<html>ray 8f2a17</html>", {"error": "request 8f2a17 failed"}])
def test_what_others_answer_has_one_name(
    fake: FakeCluster, client: OpenSearch, body: object
) -> None:
    """A page with a number of its own would be a new reason in the metrics each time."""
    kind = "application/json" if isinstance(body, dict) else "text/html"
    fake.replies = [Reply(502, body, {"content-type": kind})]
    [result] = send(client, "i", update("i", "1"))
    assert (result.outcome, result.code) == (Outcome.RETRY, "502 not OpenSearch's own answer")
    assert "8f2a17" in result.reason


def test_nobody_there_is_for_now() -> None:
    """A refused connection is retried like any other trouble."""
    away = cluster.connect(OpenSearchSettings(url="http://127.0.0.1:9"))
    [result] = send(away, "i", update("i", "1"))
    assert (result.outcome, result.said) == (Outcome.RETRY, "no answer")


def test_reasons_quote_no_product(fake: FakeCluster, client: OpenSearch) -> None:
    """The mapper's preview of the value is left out."""
    words = "failed to parse field [n]. Preview of field's value: 'a secret\nof two lines'"
    fake.replies = [items(item(400, "mapper_parsing_exception", words))]
    [result] = send(client, "i", update("i", "1"))
    assert result.reason == "failed to parse field [n]"
