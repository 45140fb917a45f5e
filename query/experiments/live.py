"""The seam to whatever answers shoppers: which experiment runs, and what this one sees of it."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from opensearchpy import OpenSearch

from query.experiments import store
from query.experiments.assign import assigned, unit_of
from query.experiments.experiment import CONTROL, TREATMENT, Experiment, Variant
from query.experiments.interleave import team_draft
from query.request import Asker
from query.response import Hit, SearchResponse

log = logging.getLogger(__name__)

# An experiment that was stopped is shown no longer than this, seconds.
EVERY_S = 30.0


@dataclass(frozen=True)
class Part:
    """A shopper's part in an experiment.

    Attributes:
        experiment: that runs.
        variant: that the shopper sees; empty where both are interleaved.
    """

    experiment: Experiment
    variant: str

    @property
    def ranking(self) -> Variant:
        """Return the ranking that is shown; the control's where both are."""
        return self.experiment.variant(self.variant)


class Trials:
    """Knows the experiment of one catalogue. Threads may share it.

    Args:
        read: returns what runs now.
        clock: seconds, monotonic.
    """

    def __init__(
        self, read: Callable[[], Experiment | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read, self._clock = read, clock
        self._running: Experiment | None = None
        self._due = clock()
        self._lock = threading.Lock()

    @classmethod
    def of(cls, client: OpenSearch, catalogue: str) -> "Trials":
        """Return those of a catalogue, read from the cluster."""
        return cls(lambda: store.running(client, catalogue))

    def part(self, asker: Asker | None) -> Part | None:
        """Return the shopper's part, or None for who has none; raises nothing."""
        running = self._fresh() if asker else None
        variant = assigned(running, unit_of(asker)) if running and asker else None
        if not running or not variant:
            return None
        return Part(running, "" if running.kind == "interleaved" else variant)

    def _fresh(self) -> Experiment | None:
        """Return what runs, read again when due by one thread while the others go on."""
        if self._clock() >= self._due and self._lock.acquire(blocking=False):
            try:
                self._due = self._clock() + EVERY_S
                self._running = self._read()
            except Exception as error:  # noqa: BLE001 - an experiment is worth less than an answer
                log.debug("experiments were not read (%s)", type(error).__name__)
                self._running = None
            finally:
                self._lock.release()
        return self._running


def interleaved(
    control: SearchResponse, treatment: SearchResponse, size: int, seed: str
) -> tuple[SearchResponse, tuple[str, ...]]:
    """Return one page of two, and the team of each of its hits.

    Args:
        control: first page.
        treatment: likewise.
        size: of the page.
        seed: of the coin; the same page is the same again.
    """
    ids = {CONTROL: _by_id(control), TREATMENT: _by_id(treatment)}
    coin = Random(seed)  # noqa: S311 - chance, no secret
    drafted = team_draft(list(ids[CONTROL]), list(ids[TREATMENT]), size, coin)
    hits = tuple(ids[team][id_] for id_, team in drafted)
    took_ms = control.took_ms + treatment.took_ms
    return replace(control, hits=hits, took_ms=took_ms), tuple(team for _, team in drafted)


def _by_id(response: SearchResponse) -> dict[str, Hit]:
    return {hit.id: hit for hit in response.hits}
