"""How many requests are let in: at once, and a second."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from query.gateway.refuse import busy


class Gate:
    """Counts who is inside. One event loop uses it.

    Args:
        at_once: requests inside together.
        a_second: requests let in over time, up to two seconds' worth in one go; 0 is any number.
        clock: seconds, monotonic.
    """

    def __init__(
        self, at_once: int, a_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._at_once, self._a_second, self._clock = at_once, a_second, clock
        self._inside, self._tokens, self._since = 0, 2 * a_second, clock()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be inside for as long as the block lasts.

        Raises:
            Refused: 429.
        """
        if self._inside >= self._at_once:
            raise busy(f"{self._at_once} requests are being answered; try again later")
        self._draw()
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    def _draw(self) -> None:
        """Take one token from the bucket, filled by what has passed since."""
        if not self._a_second:
            return
        now = self._clock()
        fresh = (now - self._since) * self._a_second
        self._tokens, self._since = min(2 * self._a_second, self._tokens + fresh), now
        if self._tokens < 1:
            raise busy(f"more than {self._a_second:g} requests a second; try again later")
        self._tokens -= 1
