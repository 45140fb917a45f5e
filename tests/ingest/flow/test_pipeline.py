import threading
from collections.abc import Sequence

import pytest

from ingest.change import Position, Record
from ingest.flow.pipeline import DEPTH, Pipeline


def batch(offset: int) -> list[Record]:
    return [Record(Position("t", 0, offset), b"k", b"v", 0)]


def drain(pipeline: Pipeline[Sequence[Record], int]) -> list[int]:
    done = []
    while not pipeline.empty:
        pipeline.wait(30)
        done += [each for _, each in pipeline.collect()]
    pipeline.close()
    return done


def test_batches_come_out_in_the_order_they_went_in() -> None:
    """A batch is finished only after the one before it."""
    order: list[int] = []

    def finish(records: Sequence[Record]) -> int:
        order.append(records[0].position.offset)
        return records[0].position.offset

    pipeline = Pipeline[Sequence[Record], int](lambda records: records, finish)
    done = []
    for offset in range(6):
        pipeline.submit(batch(offset))
        while pipeline.full:
            pipeline.wait(1)
            done += [each for _, each in pipeline.collect()]
    done += drain(pipeline)
    assert done == order == list(range(6))


def test_the_next_batch_is_prepared_while_the_one_before_is_written() -> None:
    """Both steps run at the same time: each waits here for the other to have started."""
    meeting = threading.Barrier(2, timeout=30)

    def prepare(records: Sequence[Record]) -> Sequence[Record]:
        if records[0].position.offset == 1:
            meeting.wait()
        return records

    def finish(records: Sequence[Record]) -> int:
        if records[0].position.offset == 0:
            meeting.wait()
        return 0

    pipeline = Pipeline[Sequence[Record], int](prepare, finish)
    for offset in range(DEPTH):
        pipeline.submit(batch(offset))
    assert pipeline.full
    assert len(drain(pipeline)) == DEPTH


def test_a_fault_surfaces_and_keeps_later_batches_from_counting() -> None:
    """What failed is raised where batches are collected, before anything behind it."""

    def finish(records: Sequence[Record]) -> int:
        if records[0].position.offset == 0:
            raise RuntimeError("cluster away")
        return 1

    pipeline = Pipeline[Sequence[Record], int](lambda records: records, finish)
    pipeline.submit(batch(0))
    pipeline.submit(batch(1))
    with pytest.raises(RuntimeError, match="cluster away"):
        drain(pipeline)
    pipeline.close()
