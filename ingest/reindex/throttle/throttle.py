"""Who carries waits here until the cluster has room, and no longer than a slice may."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from datetime import time as TimeOfDay  # noqa: N812 - `time` is the module here

from connector.errors import ConnectorError, RetryLaterError
from ingest.reindex.throttle.decide import Limits, Pace, Seen, decide

log = logging.getLogger(__name__)

LOOK_S = 2.0
# A page waits this long for room within its slice; then the slice is given back.
PATIENCE_S = 20.0
_STEP_S = 0.25
# What was not used for so long may be caught up with.
_CREDIT_S = 1.0


class HeldError(ConnectorError):
    """Raised when nothing may be carried for now; the slice is to be given back."""


class Throttle:
    """Limits documents per second. Threads may share it.

    Args:
        look: returns what the nodes did since it was called last; None where they are not watched.
        limits: what the operator allows.
        clock: seconds, monotonic.
        sleep: for seconds.
        now: time of day.
    """

    def __init__(
        self,
        look: Callable[[], Seen] | None,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], TimeOfDay] = lambda: datetime.now().astimezone().time(),
    ) -> None:
        self._seen, self._limits = look or Seen, limits
        self._clock, self._sleep, self._now = clock, sleep, now
        self._lock = threading.Lock()
        self._pace = decide(Pace(limits.rate), Seen(), limits, now())
        self._looked, self._free_at = clock(), clock()

    def look(self) -> Pace:
        """Return how fast to go, and why; one thread looks again when it is time to."""
        with self._lock:
            if self._clock() - self._looked < LOOK_S:
                return self._pace
            self._looked = self._clock()
            before = self._pace
            try:
                self._pace = decide(before, self._seen(), self._limits, self._now())
            except RetryLaterError as error:
                log.warning("the cluster cannot be watched now: %s", error)
            if self._pace.why and self._pace.why != before.why:
                log.info("%s: %s", "held" if self._pace.held else "slower", self._pace.why)
            return self._pace

    def admit(self, documents: int) -> None:
        """Return when so many documents more may be written.

        Raises:
            HeldError: not within `PATIENCE_S`.
        """
        until = self._clock() + PATIENCE_S
        while not self._take(documents):
            if self._clock() >= until:
                raise HeldError(f"nothing is carried for now: {self._pace.why or 'see --rate'}")
            self._sleep(_STEP_S)

    def wait(self, stopped: Callable[[], bool]) -> None:
        """Return when a slice may be begun, be it tomorrow, or when somebody stops it all."""
        while self.look().held and not stopped():
            self._sleep(LOOK_S)

    def _take(self, documents: int) -> bool:
        """Take a turn if it is due; who gives up has taken none."""
        pace = self.look()
        with self._lock:
            now = self._clock()
            if pace.held or now < self._free_at:
                return False
            self._free_at = max(self._free_at, now - _CREDIT_S) + documents / pace.rate
            return True
