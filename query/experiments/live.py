"""The seam to whatever answers shoppers: which experiment runs, and what this one sees of it."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

from opensearchpy import OpenSearch

from query.experiments import store
from query.experiments.assign import assigned, unit_of
from query.experiments.experiment import CONTROL, TREATMENT, Experiment, Variant
from query.experiments.interleave import team_draft
from query.request import Asker
from query.response import SearchResponse

log = logging.getLogger(__name__)

H = TypeVar("H")

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

    def rankings(self, *, first: bool) -> tuple[Variant, ...]:
        """Return what is ranked for a page: one ranking, or the control's and the treatment's.

        Args:
            first: whether it is a first page. Two lists are drafted from their tops; further pages
                are those of today.
        """
        if self.variant:
            return (self.experiment.variant(self.variant),)
        both = tuple(self.experiment.variant(name) for name in (CONTROL, TREATMENT))
        return both if first else (Variant(),)


def running(read: Callable[[], Experiment | None]) -> Experiment | None:
    """Return the experiment that runs, read from the cluster; None where that fails."""
    try:
        return read()
    except Exception as error:  # noqa: BLE001 - an experiment is worth less than an answer
        log.debug("experiments were not read (%s)", type(error).__name__)
        return None


def part_of(experiment: Experiment | None, asker: Asker | None) -> Part | None:
    """Return a shopper's part in what runs, or None for who has none."""
    variant = assigned(experiment, unit_of(asker)) if experiment and asker else None
    if not experiment or not variant:
        return None
    return Part(experiment, "" if experiment.kind == "interleaved" else variant)


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
        return part_of(self._fresh(), asker) if asker else None

    def _fresh(self) -> Experiment | None:
        """Return what runs, read again when due by one thread while the others go on."""
        if self._clock() >= self._due and self._lock.acquire(blocking=False):
            try:
                self._due = self._clock() + EVERY_S
                self._running = running(self._read)
            finally:
                self._lock.release()
        return self._running


def interleaved(
    control: SearchResponse, treatment: SearchResponse, size: int, seed: str
) -> tuple[SearchResponse, tuple[str, ...]]:
    """Return one page of two, and the team of each of its hits; see `drafted`."""
    by_id = [{hit.id: hit for hit in page.hits} for page in (control, treatment)]
    hits, teams = drafted(by_id[0], by_id[1], size, seed)
    took_ms = control.took_ms + treatment.took_ms
    return replace(control, hits=hits, took_ms=took_ms), teams


def drafted(
    control: Mapping[str, H], treatment: Mapping[str, H], size: int, seed: str
) -> tuple[tuple[H, ...], tuple[str, ...]]:
    """Return the hits of one page of two, and the team of each.

    Args:
        control: hits of its first page by id, best first.
        treatment: likewise.
        size: of the page.
        seed: of the coin; the same page is the same again.
    """
    hits = {CONTROL: control, TREATMENT: treatment}
    coin = Random(seed)  # noqa: S311 - chance, no secret
    chosen = team_draft(list(control), list(treatment), size, coin)
    return tuple(hits[team][id_] for id_, team in chosen), tuple(team for _, team in chosen)
