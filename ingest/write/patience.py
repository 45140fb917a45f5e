"""How often and how long to try again: exponential pauses with jitter."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from connector.errors import ClusterUnavailableError
from connector.settings import IngestSettings

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """Tries again, with pauses.

    Attributes:
        retries: tries after the first.
        first_s, max_s: the longest first pause, and the longest at all, in seconds.
        sleep: pauses for some seconds; may return early when the worker is asked to stop.
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

    def pause(self, attempt: int) -> None:
        """Sleep before try `attempt` + 2: between half and all of the doubled pause."""
        longest: float = min(self.max_s, self.first_s * 2.0**attempt)
        self.sleep(longest * (0.5 + self.random() / 2))

    def insist(self, call: Callable[[], T]) -> T:
        """Call until it goes through.

        Raises:
            ClusterUnavailableError: it never did. Every other error at once.
        """
        for attempt in range(self.retries):
            try:
                return call()
            except ClusterUnavailableError as error:
                log.warning("%s (try %d of %d)", error, attempt + 1, self.retries + 1)
                self.pause(attempt)
        return call()
