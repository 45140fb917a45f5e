import threading
from collections.abc import Callable

import pytest

from ingest.flow.pipeline import WAITING, Load, Pipeline, Stage

LIMIT = 100


def nothing(_: int) -> None:
    """Be a stage that has nothing to do."""


def drain(pipeline: Pipeline[int]) -> list[int]:
    """Return what comes out, in the order of being done, until nothing is under way."""
    done = []
    while not pipeline.empty:
        pipeline.wait(5)
        pipeline.check()
        done += pipeline.collect()
    return done


def first(pipeline: Pipeline[int]) -> list[int]:
    """Return what comes out first."""
    done: list[int] = []
    while not done:
        pipeline.wait(5)
        done = pipeline.collect()
    return done


def feed(pipeline: Pipeline[int], *batches: int) -> list[int]:
    """Submit batches of weight 1 as they fit; return what came out meanwhile."""
    done = []
    for batch in batches:
        while not pipeline.fits(1):
            pipeline.wait(5)
            done += pipeline.collect()
        pipeline.submit(batch, 1)
    return done


class Gate:
    """A stage that holds every batch until it is opened."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._reached = threading.Semaphore(0)

    def __call__(self, _: int) -> None:
        """Hold a batch."""
        self._reached.release()
        assert self._open.wait(120)

    def open(self) -> None:
        """Let all through."""
        self._open.set()

    def wait(self) -> None:
        """Wait until a batch is held."""
        assert self._reached.acquire(timeout=120)


def held(pipeline: Pipeline[int], condition: Callable[[], bool]) -> None:
    """Wait until the pipeline has come to a state."""
    while not condition():
        pipeline.wait(1)


def test_batches_go_through_every_stage_in_order() -> None:
    """A stage of one thread takes them as they were submitted."""
    seen: list[tuple[str, int]] = []
    pipeline = Pipeline[int](
        [
            Stage("plan", lambda batch: seen.append(("plan", batch))),
            Stage("write", lambda batch: seen.append(("write", batch))),
        ],
        LIMIT,
    )
    done = feed(pipeline, *range(6))
    done += drain(pipeline)
    assert done == list(range(6))
    for stage in ("plan", "write"):
        assert [batch for name, batch in seen if name == stage] == done
    pipeline.close(5)


def test_all_stages_work_at_the_same_time() -> None:
    """While one batch is written the next is embedded and a third planned: all three meet here."""
    meeting = threading.Barrier(3, timeout=120)

    def meet(stage: int) -> Callable[[int], None]:
        return lambda batch: None if batch + stage != 2 else (meeting.wait(), None)[1]

    pipeline = Pipeline[int]([Stage(str(n), meet(n)) for n in range(3)], LIMIT)
    feed(pipeline, 0, 1, 2)
    assert len(drain(pipeline)) >= 1
    pipeline.close(5)


def test_a_batch_that_waits_in_a_stage_of_two_threads_is_overtaken() -> None:
    """While one tries its failed items again, the next is written."""
    gate = Gate()
    write = Stage[int]("write", lambda batch: gate(batch) if batch == 0 else None, threads=2)
    pipeline = Pipeline[int]([write], LIMIT)
    pipeline.submit(0, 1)
    gate.wait()
    pipeline.submit(1, 1)
    assert first(pipeline) == [1]
    gate.open()
    assert drain(pipeline) == [0]
    pipeline.close(5)


def test_a_stage_that_is_not_needed_is_passed_by() -> None:
    """A change without text overtakes those that wait for the model."""
    gate = Gate()
    stages = [
        Stage[int]("plan", nothing),
        Stage[int]("embed", gate, needed=lambda batch: batch % 2 == 0),
        Stage[int]("write", nothing),
    ]
    pipeline = Pipeline[int](stages, LIMIT)
    pipeline.submit(0, 1)
    gate.wait()
    pipeline.submit(1, 1)
    assert first(pipeline) == [1]
    gate.open()
    assert drain(pipeline) == [0]
    pipeline.close(5)


def test_no_more_bytes_are_taken_than_the_limit_allows() -> None:
    """What does not fit waits outside, where Kafka keeps it; a giant goes alone."""
    gate = Gate()
    pipeline = Pipeline[int]([Stage("write", gate)], LIMIT)
    assert pipeline.fits(10 * LIMIT)
    pipeline.submit(0, 60)
    gate.wait()
    assert pipeline.fits(40)
    assert not pipeline.fits(41)
    gate.open()
    drain(pipeline)
    assert pipeline.fits(10 * LIMIT)
    pipeline.close(5)


def test_a_slow_stage_holds_back_those_before_it() -> None:
    """However light the batches are: plans that wait for long are out of date."""
    gate = Gate()
    stages = [Stage("plan", nothing), Stage("embed", gate)]
    pipeline = Pipeline[int](stages, LIMIT)
    # One is embedded, some wait for it, one is planned and cannot move, one waits to be planned.
    most = 1 + WAITING + 1 + 1
    for batch in range(most):
        held(pipeline, lambda: pipeline.fits(1))
        pipeline.submit(batch, 1)
    gate.wait()
    assert not pipeline.fits(1)
    assert pipeline.load() == {"plan": Load(2, 2), "embed": Load(1 + WAITING, 1 + WAITING)}
    gate.open()
    assert drain(pipeline) == list(range(most))
    pipeline.close(5)


def test_a_fault_surfaces_once_and_what_was_done_before_counts() -> None:
    """What a stage raised is raised where the worker looks, not in a thread nobody sees."""

    def write(batch: int) -> None:
        if batch == 1:
            raise RuntimeError("cluster away")

    pipeline = Pipeline[int]([Stage("write", write)], LIMIT)
    pipeline.submit(0, 1)
    held(pipeline, lambda: pipeline.load()["write"] == Load())
    pipeline.submit(1, 1)
    held(pipeline, lambda: pipeline.load()["write"] == Load())
    assert pipeline.collect() == [0]
    with pytest.raises(RuntimeError, match="cluster away"):
        pipeline.check()
    pipeline.check()
    pipeline.close(5)


def test_shedding_keeps_what_a_stage_has_begun() -> None:
    """What the model has in hand is finished; what only waits for it is dropped."""
    gate = Gate()
    pipeline = Pipeline[int]([Stage("plan", nothing), Stage("embed", gate)], LIMIT)
    for batch in range(3):
        held(pipeline, lambda: pipeline.fits(1))
        pipeline.submit(batch, 1)
    gate.wait()
    pipeline.shed("embed")
    assert not pipeline.empty
    gate.open()
    assert drain(pipeline) == [0]
    # A thread may still be about to see that its batch was dropped.
    held(pipeline, lambda: pipeline.load() == {"plan": Load(), "embed": Load()})
    pipeline.close(5)


def test_abandoned_work_is_never_collected_but_counts_until_it_is_let_go() -> None:
    """Its partition is another worker's; its memory is still ours."""
    gate = Gate()
    pipeline = Pipeline[int]([Stage("write", gate)], LIMIT)
    pipeline.submit(0, 60)
    gate.wait()
    pipeline.abandon()
    assert pipeline.empty
    assert not pipeline.fits(60)
    gate.open()
    held(pipeline, lambda: pipeline.fits(60))
    assert pipeline.collect() == []
    pipeline.close(5)


def test_closing_does_not_wait_for_what_hangs() -> None:
    """The threads are daemons; the process may end without them."""
    gate = Gate()
    pipeline = Pipeline[int]([Stage("write", gate)], LIMIT)
    pipeline.submit(0, 1)
    gate.wait()
    pipeline.close(0)
    assert pipeline.empty
    gate.open()
