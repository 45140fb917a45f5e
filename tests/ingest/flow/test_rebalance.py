"""Partitions move, Kafka is real: what is begun is finished, what is not is left to the next."""

import time
from collections.abc import Callable
from contextlib import closing

import pytest
from kafka import TopicPartition
from plugins.ingest_shop import Shop
from plugins.ingest_worker import Held, Model, working

from connector import broker
from ingest.flow import worker as worker_module

pytestmark = pytest.mark.server

TWO = pytest.mark.parametrize("shop", [{"partitions": 2}], indirect=True)


def fill(shop: Shop, count: int = 40) -> None:
    for partition in (0, 1):
        shop.send(
            *(
                (
                    f"{partition}-{n}",
                    {"id": f"{partition}-{n}", "v": 1, "title": f"{partition} x {n}"},
                )
                for n in range(count)
            ),
            partition=partition,
        )


def wait_for(condition: Callable[[], bool]) -> None:
    patience = time.monotonic() + 240
    while not condition():
        assert time.monotonic() < patience
        time.sleep(0.05)


@TWO
def test_what_the_model_has_begun_is_finished_before_partitions_move(shop: Shop) -> None:
    """A second worker joins in the middle: nothing is lost, nothing is embedded twice."""
    fill(shop)
    model = Model.of(shop)
    model.open.clear()
    with working(shop, model) as (first, thread):
        assert model.asked.acquire(timeout=240)
        with working(shop, model) as (second, other):
            wait_for(lambda: first._joins.due)
            model.open.set()
            thread.join(240)
            other.join(240)
    assert len(shop.documents()) == 80
    assert set(model.counts.values()) == {1}
    assert first.tally["rebalances"] >= 1
    assert first.tally["embedded"] + second.tally["embedded"] == 80
    assert (shop.committed(0), shop.committed(1)) == (40, 40)


@TWO
def test_work_that_takes_too_long_is_given_up_and_never_committed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model hangs: the group does not wait for it, and its late work moves no offset."""
    monkeypatch.setattr(worker_module, "HAND_OVER_S", 0.5)
    fill(shop, 5)
    model = Model.of(shop)
    model.open.clear()
    with (
        working(shop, model) as (first, _),
        closing(broker.consumer(shop.settings.kafka, shop.index)) as other,
    ):
        assert model.asked.acquire(timeout=240)
        other.subscribe([shop.topic])

        def moved() -> bool:
            other.poll(timeout_ms=100)
            return bool(other.assignment())

        wait_for(moved)
        [taken] = other.assignment()
        assert first.tally["rebalances"] == 1
        assert first._ledger.committed(taken) is None
        assert shop.committed(taken.partition) is None
        model.open.set()
        kept = TopicPartition(shop.topic, 1 - taken.partition)
        wait_for(lambda: first._ledger.committed(kept) == 5)
        assert shop.committed(taken.partition) is None


def test_a_worker_is_held_back_from_joining_while_it_holds_work(shop: Shop) -> None:
    """The client would join inside a poll, and then nothing could be committed any more."""
    with (
        closing(broker.consumer(shop.settings.kafka, shop.index)) as first,
        closing(broker.consumer(shop.settings.kafka, shop.index)) as second,
    ):
        joins = broker.Joins(first)
        first.subscribe([shop.topic])
        assert joins.due
        wait_for(lambda: bool(first.poll(timeout_ms=100) or first.assignment()))
        assert not joins.due
        joins.held = True
        second.subscribe([shop.topic])

        def due() -> bool:
            first.poll(timeout_ms=100)
            second.poll(timeout_ms=100)
            return joins.due

        wait_for(due)
        for _ in range(5):
            first.poll(timeout_ms=100)
        assert joins.due
        assert first.assignment()
        joins.held = False
        wait_for(lambda: due() is False)


def test_a_stop_does_not_wait_for_a_cluster_that_is_silent(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is committed of what was not written; the next worker does it."""
    monkeypatch.setattr(worker_module, "DRAIN_S", 0.5)
    monkeypatch.setattr(worker_module, "END_S", 1.0)
    shop.send(*((str(n), {"id": n, "v": 1, "title": f"shoe {n}"}) for n in range(30)))
    with working(shop, Model.of(shop), held=True) as (worker, thread):
        held = worker.steps.sink
        assert isinstance(held, Held)
        assert held.asked.acquire(timeout=240)
        worker.stop.set()
        thread.join(120)
        assert not thread.is_alive()
        assert shop.committed() is None
    assert shop.ingest()["records"] == 30


def test_a_silent_cluster_fills_no_memory_and_costs_no_partition(shop: Shop) -> None:
    """Batches in hand stay within the queue's bytes, and Kafka hears from the worker."""
    count = 400
    shop.send(*((str(n), {"id": n, "v": 1, "title": f"shoe {n}"}) for n in range(count)))
    limit = 1_000_000
    with working(shop, Model.of(shop), held=True, queue_bytes=limit) as (worker, thread):
        held = worker.steps.sink
        assert isinstance(held, Held)
        assert held.asked.acquire(timeout=240)
        wait_for(lambda: bool(worker._backlog))
        before = worker.status().polled_at
        wait_for(lambda: worker.status().polled_at != before)
        status = worker.status()
        assert 0 < status.queue_bytes <= limit
        assert status.stages["write"].batches >= 2
        assert worker.tally["rebalances"] == 0
        wait_for(lambda: bool(worker.status().partitions))
        [place] = worker.status().partitions.values()
        assert (place.lag, place.done, place.end, place.stalled) == (count, 0, count, False)
        held.open.set()
        thread.join(240)
    assert len(shop.documents()) == count
