"""How often and how long to try again: exponential pauses with full jitter.

https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from connector.errors import ClusterUnavailableError
from connector.settings import IngestSettings

log = logging.getLogger(__name__)

T = TypeVar("T")

# A Retry-After beyond this is taken for a mistake.
_LONGEST_WAIT_S = 600.0


@dataclass(frozen=True)
class Patience:
    """Tries again, with pauses.

    Attributes:
        retries: tries in a row in which nothing went through, after the first.
        first_s, max_s: the longest first pause, and the longest at all, in seconds.
        sleep: pauses for some seconds; returns True when the worker was asked to stop, which
            cuts the pause short.
        random: uniform in [0, 1).
    """

    retries: int
    first_s: float
    max_s: float
    sleep: Callable[[float], object]
    random: Callable[[], float]

    @classmethod
    def of(
        cls,
        settings: IngestSettings,
        sleep: Callable[[float], object],
        random: Callable[[], float],
    ) -> "Patience":
        """Take the numbers from the settings."""
        return cls(settings.retries, settings.backoff_s, settings.backoff_max_s, sleep, random)

    def tries(self) -> "Tries":
        """Start counting."""
        return Tries(self)

    def insist(self, call: Callable[[], T]) -> T:
        """Call until it goes through.

        Raises:
            ClusterUnavailableError: it never did. Every other error at once.
        """
        tries = self.tries()
        while True:
            try:
                return call()
            except ClusterUnavailableError as error:
                log.warning("%s", error)
                if not tries.again(at_least_s=error.retry_after_s):
                    raise


@dataclass
class Tries:
    """The tries of one call or one batch so far.

    Attributes:
        hurried: whether the worker was asked to stop, so that patience ended before its time.
    """

    patience: Patience
    hurried: bool = field(default=False, init=False)
    _pauses: int = field(default=0, init=False)
    _barren: int = field(default=0, init=False)

    def again(self, progress: bool = False, at_least_s: float = 0.0) -> bool:
        """Pause before the next try; return False, at once, when there is to be none.

        Args:
            progress: whether the last try brought some of the batch through. A cluster that
                takes some of it is alive, so that does not use patience up; the pauses grow on.
            at_least_s: how long the cluster asked to be left alone.
        """
        own = self.patience
        self._barren = 0 if progress else self._barren + 1
        if self._barren > own.retries:
            return False
        longest = min(own.max_s, own.first_s * 2.0 ** min(self._pauses, 60))
        self._pauses += 1
        # Asked to stop: one more try, without a pause.
        if own.sleep(min(at_least_s, _LONGEST_WAIT_S) + own.random() * longest):
            self._barren, self.hurried = own.retries, True
        return True
