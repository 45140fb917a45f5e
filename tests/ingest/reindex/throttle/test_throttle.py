from datetime import time

import pytest

from connector.errors import ClusterUnavailableError
from ingest.reindex.throttle.decide import Limits, Seen
from ingest.reindex.throttle.throttle import PATIENCE_S, HeldError, Throttle
from ingest.reindex.throttle.window import Window


class World:
    """A cluster and a clock of a test's own."""

    def __init__(self) -> None:
        self.seconds, self.hour = 0.0, 12
        self.seen: Seen | Exception = Seen()

    def look(self) -> Seen:
        """Return what is to be seen, or raise it."""
        if isinstance(self.seen, Exception):
            raise self.seen
        return self.seen

    def throttle(self, limits: Limits) -> Throttle:
        """Make a throttle in this world."""
        return Throttle(
            self.look, limits, lambda: self.seconds, self._sleep, lambda: time(self.hour)
        )

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds


def test_a_hard_cap_holds_on_the_mean() -> None:
    """A hundred pages of 50 documents at 100 a second take 50 seconds."""
    world = World()
    throttle = world.throttle(Limits(rate=100))
    for _ in range(100):
        throttle.admit(50)
    assert world.seconds == pytest.approx(50, abs=1.5)


def test_without_a_cap_nobody_waits() -> None:
    """A healthy cluster is given all there is."""
    world = World()
    throttle = world.throttle(Limits())
    for _ in range(100):
        throttle.admit(10_000)
    assert world.seconds == 0


def test_a_slice_is_given_back_while_all_is_held() -> None:
    """It does not wait past its lease for a disk to become empty; who gives up takes no turn."""
    world = World()
    throttle = world.throttle(Limits(rate=100))
    world.seconds, world.seen = 10, Seen(disk=1.1)
    with pytest.raises(HeldError, match="high watermark"):
        throttle.admit(100)
    assert world.seconds == pytest.approx(10 + PATIENCE_S, abs=0.5)
    world.seen = Seen()
    throttle.wait(lambda: False)
    before = world.seconds
    throttle.admit(100)
    assert world.seconds == before


def test_pages_larger_than_the_cap_go_through_one_at_a_time() -> None:
    """Each after as many seconds as it takes, also where that is more than a slice may wait."""
    world = World()
    throttle = world.throttle(Limits(rate=10))
    throttle.admit(500)
    with pytest.raises(HeldError, match="--rate"):
        throttle.admit(500)
    with pytest.raises(HeldError):
        throttle.admit(500)
    throttle.admit(500)
    assert world.seconds == pytest.approx(50, abs=2)


def test_the_hours_are_waited_for() -> None:
    """A run that is started at noon begins in the evening."""
    world = World()
    throttle = world.throttle(Limits(windows=(Window.parse("13:00-14:00"),)))
    assert throttle.look().held

    def later(seconds: float) -> None:
        world.seconds += seconds
        world.hour = 13

    throttle._sleep = later
    throttle.wait(lambda: False)
    assert not throttle.look().held


def test_a_cluster_that_cannot_be_watched_is_not_given_up() -> None:
    """The pace stays as it was until it can."""
    world = World()
    throttle = world.throttle(Limits(rate=100))
    world.seen = ClusterUnavailableError("away")
    world.seconds = 10
    throttle.admit(1)
    assert throttle.look().rate == 100
