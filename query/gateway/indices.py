"""Indices that the gateway ranks: opened once with its own user, looked at again, never waited for.

Its own user reads what is known about an index: mapping, words and their frequencies. Products of
an answer are read with the client's credentials alone.
"""

import gc
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from connector.cluster import connect
from connector.errors import ConnectorError
from connector.settings import Settings
from mappings.analysis import stop_words
from mappings.canary import Canary, canary_of
from mappings.live import LiveIndex, open_index, open_physical
from query.experiments import store
from query.experiments.experiment import Experiment
from query.experiments.live import running
from query.search import Searcher
from query.systems.reader import Reader
from query.weights.files import in_force
from query.weights.model import Model

log = logging.getLogger(__name__)

# Seconds between two looks at an index, or at a name that is none of ours.
LOOK_AGAIN = 10.0
# Names that clients may make it remember; then the oldest that is none of ours is forgotten.
_MOST = 1_000
# What was replaced is closed after so long: no ranking on it is under way any more.
REST_S = 120.0
_WARMING = "warm"
# Systems that experiments may compare here: the ranking, and the client's own query as it is.
SHOWN = frozenset(["hybrid", "bm25"])


@dataclass(frozen=True)
class Opened:
    """An open index.

    Attributes:
        live: as it was found.
        searcher: on it, with the gateway's own user.
        weights: in force.
        mark: what it is marked with, where part of its reads goes to a new index.
        canary: that one; None where it cannot be opened.
        experiment: that runs on it; None without, and where behaviour is not recorded.
    """

    live: LiveIndex
    searcher: Searcher
    weights: Model
    mark: Canary | None = None
    canary: "Opened | None" = None
    experiment: Experiment | None = None

    @property
    def searchers(self) -> list[Searcher]:
        """Its own, and the canary's."""
        return [each.searcher for each in (self, self.canary) if each]

    @cached_property
    def prose(self) -> tuple[str, ...]:
        """Names of the fields that are searched and hold text, not values."""
        catalogue = self.live.catalogue
        return tuple(
            name
            for name, spec in catalogue.fields.items()
            if spec.searched and catalogue.filter_field(name) is None
        )

    @cached_property
    def stopped(self) -> frozenset[str]:
        """Words that no product has, whatever its texts are: stop words."""
        return stop_words(self.live.catalogue)

    def reader(self, weights: Model) -> Reader:
        """Return what a ranking by these weights works with; its engine is the gateway's own."""
        return replace(self.searcher.reader, weights=weights.weights, first_pass=weights.first_pass)

    def same(self, live: LiveIndex) -> bool:
        """Return whether an index as it is found now is the one that is open."""
        return (live.physical, live.meta) == (self.live.physical, self.live.meta)


@dataclass
class _Entry:
    opened: Opened | None
    looked: float
    looking: bool = False
    named: bool = False
    told: str = ""


class Indices:
    """Opened indices by alias; one event loop uses it.

    Args:
        settings: of the gateway's own user, the model and the search.
        clock: seconds, monotonic.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._clock = settings, clock
        self._client = connect(settings.opensearch)
        self._entries: dict[str, _Entry] = {}
        self._replaced: list[tuple[float, Searcher]] = []
        # What is wrong with the file of weights: told once.
        self._fault = ""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="indices")

    def get(self, alias: str) -> Opened | Literal["opening", "foreign"]:
        """Return an open index at once, or what keeps it from being one."""
        entry = self._entries.get(alias)
        if entry is None:
            if len(self._entries) >= _MOST and not self._forgot():
                return "foreign"
            entry = self._entries[alias] = _Entry(None, -LOOK_AGAIN)
        known = entry.looked >= 0
        if not entry.looking and self._clock() - entry.looked >= LOOK_AGAIN:
            self._look(alias, entry)
        if entry.opened:
            return entry.opened
        return "foreign" if known else "opening"

    def again(self, alias: str) -> None:
        """Look at an index that changed; the answers meanwhile are the cluster's own."""
        entry = self._entries.get(alias)
        if entry and not entry.looking:
            self._look(alias, entry)

    def warm(self, aliases: Iterable[str]) -> "Future[None]":
        """Open indices before somebody asks; what is returned is done when they are open."""
        for alias in aliases:
            entry = self._entries[alias] = _Entry(None, -LOOK_AGAIN, named=True)
            self._look(alias, entry)
        return self._thread.submit(lambda: None)

    @property
    def ready(self) -> bool:
        """Whether every index that was to be warm was looked at."""
        return all(entry.looked >= 0 for entry in self._entries.values() if entry.named)

    def opened(self) -> list[Opened]:
        """Return the open indices."""
        return [entry.opened for entry in self._entries.values() if entry.opened]

    def close(self) -> None:
        """Close the connections; nothing is opened any more, and a model that hangs not waited for."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        open_ = [searcher for opened in self.opened() for searcher in opened.searchers]
        for searcher in (*open_, *(searcher for _, searcher in self._replaced)):
            searcher.close()
        self._client.close()
        # What libraries find left at the end they complain of.
        gc.unfreeze()

    def _forgot(self) -> bool:
        """Forget the oldest name behind which nothing is open; return whether there was one."""
        for name, entry in self._entries.items():
            if not (entry.opened or entry.looking or entry.named):
                del self._entries[name]
                return True
        return False

    def _look(self, alias: str, entry: _Entry) -> None:
        entry.looking = True
        self._thread.submit(self._seen, alias, entry)

    def _seen(self, alias: str, entry: _Entry) -> None:
        before, live = entry.opened, None
        try:
            live = open_index(self._client, alias)
            after = self._current(alias, live, before)
            self._replace(before, after)
            if after.searchers != (before.searchers if before else []):
                _settle()
            entry.opened, entry.told = after, ""
        except Exception as error:  # noqa: BLE001 - the next look may find it well
            # Names that clients make up are not worth a line, nor is the same fault at each look.
            told = str(error) if isinstance(error, ConnectorError) else type(error).__name__
            if (before or entry.named or live) and told != entry.told:
                log.warning("the index behind %r cannot be opened now: %s", alias, told)
                entry.told = told
        finally:
            entry.looked, entry.looking = self._clock(), False

    def _replace(self, before: Opened | None, after: Opened) -> None:
        """Note what is open no longer, and close what was replaced long ago."""
        now = self._clock()
        gone = [one for one in before.searchers if one not in after.searchers] if before else []
        for since, searcher in self._replaced:
            if now - since >= REST_S:
                searcher.close()
        kept = [(since, one) for since, one in self._replaced if now - since < REST_S]
        self._replaced = [*kept, *((now, one) for one in gone)]

    def _current(self, alias: str, live: LiveIndex, before: Opened | None) -> Opened:
        if before and before.same(live):
            found = replace(before, live=live, weights=self._weights(before.weights))
        else:
            searcher = Searcher.open(alias, self._settings)
            searcher.warm(_WARMING)
            found = Opened(live, searcher, self._weights(None))
        # It names the catalogue's own alias; another one stays where it is.
        mark = canary_of(live) if alias == live.catalogue.name else None
        canary = self._canary(mark.index, before and before.canary) if mark else None
        return replace(found, mark=mark, canary=canary, experiment=self._experiment(alias))

    def _canary(self, physical: str, before: Opened | None) -> Opened | None:
        """Return the index that part of the reads goes to; where it cannot be opened none goes."""
        if before and before.live.physical == physical:
            return replace(before, weights=self._weights(before.weights))
        try:
            live = open_physical(self._client, physical)
            client = connect(self._settings.opensearch)
            searcher = Searcher.over(client, live, physical, self._settings)
            searcher.warm(_WARMING)
            return Opened(live, searcher, self._weights(None))
        except ConnectorError as error:
            log.warning("no search goes to %r, it cannot be opened now: %s", physical, error)
            return None

    def _experiment(self, alias: str) -> Experiment | None:
        """Return the experiment that runs, if shoppers can be followed and the gateway can show it."""
        if self._settings.behaviour.key is None:
            return None
        found = running(lambda: store.running(self._client, alias))
        if found and not {found.control.system, found.treatment.system} <= SHOWN:
            log.warning("experiment %r compares systems that the gateway does not show", found.name)
            return None
        return found

    def _weights(self, before: Model | None) -> Model:
        """Return the weights in force; a file that became wrong leaves the last good ones."""
        try:
            found, fault = in_force(self._settings.search.weights), ""
        except ConnectorError as error:
            if before is None:
                raise
            found, fault = before, f"{error}; the last good weights stay in force"
            if fault != self._fault:
                log.warning("%s", fault)
        self._fault = fault
        return found


def _settle() -> None:
    """Keep what is there for good out of the collector's way.

    A model and its libraries are half a million objects: to look through them takes half a second of
    processor time, in which nobody is answered. What was replaced since the last time is let go of.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
