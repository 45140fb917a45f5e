"""Which items are sent again, and for how long."""

from collections.abc import Iterator
from typing import Any

import pytest
from plugins.fake_cluster import FakeCluster, Reply, done, fake_cluster, item, items, refusal
from plugins.ingest_shop import describe

from connector import cluster
from connector.errors import ClusterUnavailableError
from connector.settings import OpenSearchSettings
from ingest.change import ProductChange
from ingest.metrics import Metrics
from ingest.target import Target
from ingest.write.item import Write
from ingest.write.outcome import Outcome
from ingest.write.patience import Patience
from ingest.write.writer import Writer
from mappings.contract import ModelContract

BUSY = item(429, "rejected_execution_exception")


@pytest.fixture
def fake() -> Iterator[FakeCluster]:
    with fake_cluster() as running:
        yield running


def writer(
    fake: FakeCluster,
    contract: ModelContract,
    slept: list[float],
    retries: int,
    stopped: bool = False,
) -> Writer:
    client = cluster.connect(OpenSearchSettings(url=fake.url))
    target = Target(client, "i-v1", describe("i", "t", "package:x"), contract)
    patience = Patience(retries, 1.0, 8.0, lambda s: slept.append(s) or stopped, lambda: 0.5)
    return Writer(target, 8_000_000, patience, lambda: "2026-01-01T00:00:00Z", Metrics())


@pytest.fixture
def contract(tiny_model: object) -> ModelContract:
    from mappings.contract import contract_of

    return contract_of(describe("i", "t", str(tiny_model)))


def writes(count: int) -> list[Write]:
    return [Write(ProductChange(str(n), "product", 1, {"title": "x"})) for n in range(count)]


def test_only_what_failed_is_sent_again(fake: FakeCluster, contract: ModelContract) -> None:
    """Alone, after a pause, until it goes through; results keep the order of the writes."""
    fake.replies = [items(done(), BUSY, done("noop"), BUSY), items(BUSY, done()), items(done())]
    slept: list[float] = []
    results = writer(fake, contract, slept, 5).write(writes(4))
    assert fake.requests == [["0", "1", "2", "3"], ["1", "3"], ["1"]]
    assert [r.outcome for r in results] == [Outcome.OK, Outcome.OK, Outcome.STALE, Outcome.OK]
    assert slept == [0.5, 1.0]


def test_a_cluster_that_takes_some_is_not_given_up(
    fake: FakeCluster, contract: ModelContract
) -> None:
    """Far more rounds than there are retries, each with progress."""
    fake.replies = [items(done(), *[BUSY] * left) for left in reversed(range(9))]
    assert len(writer(fake, contract, [], 1).write(writes(9))) == 9
    assert [len(ids) for ids in fake.requests] == list(range(9, 0, -1))


def test_patience_ends_where_nothing_goes_through(
    fake: FakeCluster, contract: ModelContract
) -> None:
    """The last words of the cluster are in the error."""
    fake.replies = [items(done(), item(503, "unavailable_shards_exception", "no primary"))]
    fake.replies += [items(item(503, "unavailable_shards_exception", "no primary"))]
    with pytest.raises(ClusterUnavailableError, match=r"1 of 2 items .*no primary"):
        writer(fake, contract, [], 3).write(writes(2))
    assert len(fake.requests) == 5


def test_a_busy_cluster_is_left_alone_as_long_as_it_asks(
    fake: FakeCluster, contract: ModelContract
) -> None:
    """Retry-After comes before the pause of our own."""
    busy: Reply = refusal(429, "circuit_breaking_exception", retry_after="30")
    fake.replies = [busy, items(done())]
    slept: list[float] = []
    writer(fake, contract, slept, 1).write(writes(1))
    assert slept == [30.5]


FAILS = item(500, "null_pointer_exception", "because of it")


def test_a_document_that_the_cluster_always_fails_on_is_a_dead_letter(
    fake: FakeCluster, contract: ModelContract
) -> None:
    """Others are written, and its shard answers about it: the partition need not wait for ever."""
    fake.replies = [items(done(), FAILS)] + [items(FAILS)] * 3 + [items(done("noop"))]
    good, bad = writer(fake, contract, [], 2).write(writes(2))
    assert (good.outcome, bad.outcome) == (Outcome.OK, Outcome.DEAD_LETTER)
    assert "500 null_pointer_exception" in bad.reason
    assert "because of it" in bad.reason
    assert fake.requests == [["0", "1"], ["1"], ["1"], ["1"], ["1"]]


@pytest.mark.parametrize(
    ("first", "then", "asked"),
    [
        ([FAILS, FAILS], [FAILS, FAILS], None),
        ([done("noop"), FAILS], [FAILS], None),
        ([done(), FAILS], [item(503, "unavailable_shards_exception")], None),
        ([done(), FAILS], [FAILS], FAILS),
        ([done(), FAILS], [FAILS], item(503, "unavailable_shards_exception")),
        ([done(), FAILS, FAILS], [FAILS, FAILS], None),
    ],
    ids=["all", "nothing written", "other reasons", "silent shard", "shard away", "most"],
)
def test_a_cluster_that_is_ill_parks_nothing(
    fake: FakeCluster, contract: ModelContract, first: list[Any], then: list[Any], asked: Any
) -> None:
    """It is the documents' own fault only where others are written and their shards answer."""
    fake.replies = [items(*first), items(*then), items(*then), items(asked or done("noop"))]
    with pytest.raises(ClusterUnavailableError, match="nothing is lost"):
        writer(fake, contract, [], 1).write(writes(len(first)))


def test_a_stop_parks_nothing_that_was_not_tried_long_enough(
    fake: FakeCluster, contract: ModelContract
) -> None:
    """Patience that was cut short proves nothing."""
    fake.replies = [items(done(), FAILS), items(FAILS), items(done("noop"))]
    with pytest.raises(ClusterUnavailableError):
        writer(fake, contract, [], 9, stopped=True).write(writes(2))


BROKEN = refusal(500, "illegal_state_exception", "in the way")


def test_a_request_that_the_cluster_always_fails_on_is_narrowed_down_to_the_item(
    fake: FakeCluster, contract: ModelContract
) -> None:
    """Halves are sent again, the failing half in halves; only what fails by itself is parked."""
    fake.replies = [BROKEN, items(*[done()] * 4), BROKEN, BROKEN, items(*[done()] * 2)]
    fake.replies += [items(done()), BROKEN, BROKEN, BROKEN, items(done("noop"))]
    results = writer(fake, contract, [], 1).write(writes(8))
    ids = ["01234567", "0123", "4567", "45", "67", "4", "5", "5", "5", "5"]
    assert fake.requests == [list(each) for each in ids]
    assert [n for n, each in enumerate(results) if each.outcome is not Outcome.OK] == [5]
    assert results[5].outcome is Outcome.DEAD_LETTER
    assert "500 illegal_state_exception" in results[5].reason


def test_a_cluster_that_fails_on_every_request_is_not_asked_ever_more(
    fake: FakeCluster, contract: ModelContract
) -> None:
    """Nothing is parked, and no try takes more requests than are set."""
    fake.replies = [BROKEN]
    with pytest.raises(ClusterUnavailableError, match="nothing is lost"):
        writer(fake, contract, [], 12).write(writes(200))
    assert len(fake.requests[0]) == 200
    assert len(fake.requests[-1]) == 4
    assert len(fake.requests) <= 13 * 64
