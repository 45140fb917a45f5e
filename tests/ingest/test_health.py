import pytest
from kafka import TopicPartition

from ingest.flow.status import PartitionStatus, WorkerStatus
from ingest.health import DEAD_AFTER_S, LATE_AFTER_S, alive, ready

PLACE = TopicPartition("products", 3)


@pytest.mark.parametrize(
    ("polled_at", "now", "well"),
    [
        (None, DEAD_AFTER_S, True),
        (None, DEAD_AFTER_S + 1, False),
        (1000.0, 1000 + DEAD_AFTER_S, True),
        (1000.0, 1001 + DEAD_AFTER_S, False),
    ],
)
def test_only_a_worker_that_left_its_group_for_good_is_dead(
    polled_at: float | None, now: float, well: bool
) -> None:
    """A probe restarts a worker when nothing else helps: it has not polled past its time."""
    found = alive(WorkerStatus(polled_at=polled_at), started_at=0.0, now=now)
    assert found.well is well
    assert bool(found.reason) is not well


def test_a_worker_that_has_not_polled_yet_is_not_ready() -> None:
    """It is starting."""
    found = ready(WorkerStatus(), now=5.0)
    assert not found.well
    assert "starting" in found.reason


def test_a_worker_that_polls_is_ready_with_partitions_and_without() -> None:
    """One that waits in reserve does its work, too."""
    assert ready(WorkerStatus(polled_at=100.0), now=103.0).well
    moving = PartitionStatus(done=5, end=500, lag=495, lag_s=60.0)
    assert ready(WorkerStatus({PLACE: moving}, polled_at=100.0), now=103.0).well


def test_a_worker_that_is_late_stopping_or_stalled_is_not_ready() -> None:
    """Each with a reason that names what is the matter."""
    stalled = {PLACE: PartitionStatus(done=5, end=9, lag=4, stalled=True)}
    for status, now, reason in (
        (WorkerStatus(polled_at=100.0), 101 + LATE_AFTER_S, "not polled for 31 s"),
        (WorkerStatus(polled_at=100.0, stopping=True), 101.0, "stopping"),
        (WorkerStatus(stalled, polled_at=100.0), 101.0, "products/3"),
    ):
        found = ready(status, now)
        assert not found.well
        assert reason in found.reason
