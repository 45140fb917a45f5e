"""A search is ranked, or left to the cluster: by mode, by what is recognised, within a budget."""

import asyncio
import json
import logging
import re
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

from connector.cluster import connect
from connector.errors import (
    ClusterRefusedError,
    ConnectorError,
    EncoderError,
    IndexMovedError,
    RefusedError,
    RetryLaterError,
)
from connector.settings import GatewayMode, Settings
from query.gateway import evidence
from query.gateway.indices import Indices, Opened
from query.gateway.metrics import Metrics, Vectors
from query.gateway.mode import ruled
from query.gateway.rank.answer import Answer, Answering
from query.gateway.rank.client import ClientEngine
from query.gateway.rank.compose import response
from query.gateway.rank.point import is_of
from query.gateway.recognise.reasons import Reason
from query.gateway.recognise.request import Recognised, recognise
from query.ubi.recorder import Recorder

log = logging.getLogger(__name__)

Json = dict[str, Any]

_TIME = re.compile(r"(\d{1,9})(nanos|micros|ms|s|m|h|d)")
_UNITS = {"nanos": 1e-9, "micros": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
# Of the client's own time, what a ranking may take before the cluster is asked instead.
_SHARE = 0.5
# Of the body, what holds for every search.
_EVERYWHERE = ("timeout", "profile", "pit")
_FAULTS = {
    "busy": "as many rankings are under way as the gateway makes at once",
    "budget": "the ranking took longer than its budget",
    "moved": "the alias leads to another index than the one that was opened",
    "encoder": "the model cannot read the query",
    "refused": "the cluster refused a search of the ranking",
    "cluster": "the cluster did not answer a search of the ranking",
    "fault": "the ranking failed",
}


@dataclass(frozen=True)
class Search:
    """One search that came in.

    Attributes:
        index: as its address names it.
        body: without what was said to the gateway.
        parameters: of the address.
        headers: that go on to the cluster.
        mode: that the request chose; None where it did not.
    """

    index: str
    body: Json
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    mode: GatewayMode | None
    begun: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Left:
    """A search that the cluster ranks.

    Attributes:
        by: `pass`, `lexical` after a fault, or `shadow`.
        reason: its name.
        words: for people.
        job: what is ranked beside it, in shadow.
    """

    by: Literal["pass", "lexical", "shadow"]
    reason: str
    words: str
    job: "Job | None" = None

    @property
    def told(self) -> Json:
        """What a client that asks is told."""
        return evidence.left(self.by, self.reason, self.words)


@dataclass(frozen=True)
class Ranked:
    """A search that was ranked.

    Attributes:
        job: the search.
        answer: to it.
        body: the response.
    """

    job: "Job"
    answer: Answer
    body: Json
    by: ClassVar = "hybrid"

    @property
    def told(self) -> Json:
        """What a client that asks is told."""
        return evidence.ranked(self.job.asked, self.answer, self.job.opened.weights.version)


@dataclass(frozen=True)
class Job:
    """A search that can be ranked, on its index."""

    search: Search
    opened: Opened
    asked: Recognised


class Ranker:
    """Ranks searches on threads of its own. One event loop uses it.

    Args:
        settings: of the cluster, the model, the search and the gateway.
        metrics: told what happens.
        recorder: of what shoppers are shown; None where nothing is recorded.
    """

    def __init__(self, settings: Settings, metrics: Metrics, recorder: Recorder | None) -> None:
        own = settings.gateway
        self.recorder = recorder
        self._settings, self._metrics = own, metrics
        self.indices = Indices(settings)
        # The clients' connections: each request brings its credentials, the connection has none.
        bare = settings.opensearch.model_copy(update={"username": None, "password": None})
        self._client = connect(bare, 2 * own.rankings)
        self._free = threading.BoundedSemaphore(own.rankings)
        self._threads = ThreadPoolExecutor(own.rankings, thread_name_prefix="rank")
        self._comparing: set[asyncio.Task[None]] = set()
        metrics.registry.register(Vectors(self.indices))
        self._beside = ThreadPoolExecutor(own.rankings, thread_name_prefix="count")

    def warm(self) -> None:
        """Open the indices that rules name, before somebody asks."""
        named = [name for name, mode in self._settings.rules.items() if mode != "pass"]
        self.indices.warm(name for name in named if not set(name) & set("*?["))

    async def rank(self, search: Search) -> Ranked | Left:
        """Rank a search, or say why the cluster ranks it."""
        decided = self.decide(search)
        found = await self.run(decided) if isinstance(decided, Job) else decided
        self._count(found)
        return found

    def decide(self, search: Search) -> "Job | Left":
        """Return what is ranked, or why the cluster ranks; nothing is sent."""
        if search.mode == "pass":
            return _passed(Reason.MODE)
        opened = self._opened(search)
        index = opened.live.alias if isinstance(opened, Opened) else search.index
        mode = search.mode or ruled(index, self._settings.rules)
        if mode == "pass":
            return _passed(Reason.MODE)
        if opened == "opening":
            return _passed(Reason.OPENING)
        if opened == "foreign":
            return _passed(Reason.INDEX)
        with self._metrics.stages.labels("recognise").time():
            asked = recognise(search.body, search.parameters, opened.prose)
        if isinstance(asked, Reason):
            return _passed(asked)
        job = Job(search, opened, asked)
        return job if mode == "hybrid" else Left("shadow", "mode", Reason.MODE.words, job)

    def _opened(self, search: Search) -> Opened | Literal["opening", "foreign"]:
        pit = search.body.get("pit")
        if search.index or not isinstance(pit, dict):
            return self.indices.get(search.index) if search.index else "foreign"
        found = [one for one in self.indices.opened() if is_of(str(pit.get("id")), one.live)]
        return self.indices.get(found[0].live.alias) if found else "foreign"

    async def run(self, job: Job) -> Ranked | Left:
        """Rank within the budget."""
        budget = _budget(job.asked, self._settings.budget_s)
        if not self._free.acquire(blocking=False):
            return _fallen("busy")
        future = self._threads.submit(self._answered, job, time.monotonic() + budget)
        future.add_done_callback(lambda _: self._free.release())
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), budget)
        except TimeoutError:
            return _fallen("budget")
        except IndexMovedError:
            self.indices.again(job.opened.live.alias)
            return _fallen("moved")
        except Exception as error:  # noqa: BLE001 - whatever it is, the cluster can still answer
            log.warning("a ranking failed: %s", type(error).__name__)
            return _fallen(_kind(error))

    def compare(self, job: Job, own: Json) -> None:
        """Rank a search in the background and log it beside the cluster's own answer."""
        task = asyncio.create_task(self._compared(job, own))
        self._comparing.add(task)
        task.add_done_callback(self._comparing.discard)

    async def _compared(self, job: Job, own: Json) -> None:
        found = await self.run(job)
        if isinstance(found, Left):
            self._metrics.fallbacks.labels(found.reason).inc()
            return
        line = evidence.shadow(job.opened.live.alias, own, found.body)
        self._metrics.overlap.observe(line["overlap"])
        log.info("shadow %s", json.dumps(line))

    def close(self) -> None:
        """Close the connections; rankings under way end unheard."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._beside.shutdown(wait=False, cancel_futures=True)
        self.indices.close()
        self._client.close()

    def _answered(self, job: Job, until: float) -> Ranked:
        asked, search = job.asked, job.search
        more: Json = {name: asked.body[name] for name in _EVERYWHERE if name in asked.body}
        engine = ClientEngine(
            self._client,
            None if "pit" in asked.body else search.index,
            job.opened.live.physical,
            search.headers,
            asked.where,
            until,
            more,
        )
        reader = replace(job.opened.reader, engine=engine)
        answer = Answering(reader, engine, asked, self._beside, self._timed).answer()
        took_ms = round((time.monotonic() - search.begun) * 1000)
        with self._metrics.stages.labels("compose").time():
            body = response(asked, answer, engine.told, took_ms)
        return Ranked(job, answer, body)

    def _count(self, found: Ranked | Left) -> None:
        self._metrics.searches.labels(found.by).inc()
        if isinstance(found, Left) and found.by == "lexical":
            self._metrics.fallbacks.labels(found.reason).inc()
        elif isinstance(found, Left) and found.by == "pass":
            self._metrics.unrecognised.labels(found.reason).inc()

    def _timed(self, stage: str, seconds: float) -> None:
        self._metrics.stages.labels(stage).observe(seconds)


def _passed(reason: Reason) -> Left:
    return Left("pass", reason.value, reason.words)


def _fallen(reason: str) -> Left:
    return Left("lexical", reason, _FAULTS[reason])


def _kind(error: Exception) -> str:
    kinds: tuple[tuple[type[Exception], str], ...] = (
        (EncoderError, "encoder"),
        (RefusedError, "encoder"),
        (ClusterRefusedError, "refused"),
        (RetryLaterError, "cluster"),
        (ConnectorError, "refused"),
    )
    return next((kind for class_, kind in kinds if isinstance(error, class_)), "fault")


def _budget(asked: Recognised, most_s: float) -> float:
    """Return how long a ranking may take, seconds: a share of the client's own time at most."""
    found = _TIME.fullmatch(str(asked.body.get("timeout")))
    own = float(found[1]) * _UNITS[found[2]] if found else 0.0
    return min(most_s, _SHARE * own) if own else most_s
