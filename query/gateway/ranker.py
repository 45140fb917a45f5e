"""A search is ranked within its budget, on threads of its own, or left to the cluster."""

import asyncio
import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from connector.cluster import connect
from connector.errors import IndexMovedError
from connector.settings import Settings
from query.gateway import evidence
from query.gateway.budget import until
from query.gateway.canary import shared
from query.gateway.decide import decide
from query.gateway.indices import Indices
from query.gateway.job import Job, Json, Search
from query.gateway.metrics import Metrics, Vectors
from query.gateway.outcome import Left, Ranked, failed, fallen
from query.gateway.rank.respond import Responding
from query.ubi.recorder import Recorder

log = logging.getLogger(__name__)

# The process that is replaced serves meanwhile; see query.gateway.serve.
_WARM_S = 120.0
# Between two lines about failures of one kind; metrics count each.
_TELL_AGAIN_S = 10.0


class Ranker:
    """Ranks searches. One event loop uses it.

    Args:
        settings: of the cluster, the model, the search and the gateway.
        metrics: told what happens.
        recorder: of what shoppers are shown; None where nothing is recorded.
    """

    def __init__(self, settings: Settings, metrics: Metrics, recorder: Recorder | None) -> None:
        own = settings.gateway
        self.recorder = recorder
        self.indices = Indices(settings)
        self._settings, self._metrics = own, metrics
        # The clients' connections: each request brings its credentials, the connection has none.
        bare = settings.opensearch.model_copy(update={"username": None, "password": None})
        self._client = connect(bare, 2 * own.rankings)
        self._free = threading.BoundedSemaphore(own.rankings)
        self._threads = ThreadPoolExecutor(own.rankings, thread_name_prefix="rank")
        self._beside = ThreadPoolExecutor(own.rankings, thread_name_prefix="count")
        self._responding = Responding(self._client, self._beside, self._timed)
        self._comparing: set[asyncio.Task[None]] = set()
        self._told: dict[str, float] = {}
        metrics.registry.register(Vectors(self.indices))

    async def warm(self, *, wait: bool) -> None:
        """Open the indices that rules name, before somebody asks.

        Args:
            wait: for them, a while; what cannot be opened is left to the cluster.
        """
        named = [name for name, mode in self._settings.rules.items() if mode != "pass"]
        opened = self.indices.warm(name for name in named if not set(name) & set("*?["))
        if wait:
            await asyncio.wait([asyncio.wrap_future(opened)], timeout=_WARM_S)

    async def rank(self, search: Search) -> Ranked | Left:
        """Rank a search, or say why the cluster ranks it."""
        return await self.settle(self.decide(search))

    def decide(self, search: Search) -> Job | Left:
        """Return what is ranked, or why the cluster ranks; nothing is sent."""
        begin = time.perf_counter()
        decided = decide(search, self.indices, self._settings.rules)
        self._timed("recognise", time.perf_counter() - begin)
        return decided

    async def settle(self, decided: Job | Left) -> Ranked | Left:
        """Rank what can be, and count what came of it."""
        if isinstance(decided, Job):
            found = await shared(decided, self._run, self._metrics)
        else:
            found = decided
        self._count(found)
        return found

    async def _run(self, job: Job) -> Ranked | Left:
        """Rank within the budget."""
        end = until(job, self._settings.budget_s)
        if not self._free.acquire(blocking=False):
            return fallen("busy")
        future = self._threads.submit(self._responding.respond, job, end)
        future.add_done_callback(lambda _: self._free.release())
        try:
            # Not `wait_for`: it may lose the client's own time, which ends around it (3.11).
            async with asyncio.timeout_at(end):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            return fallen("budget")
        except IndexMovedError:
            self.indices.again(job.opened.live.alias)
            return fallen("moved")
        except Exception as error:  # noqa: BLE001 - whatever it is, the cluster can still answer
            self._tell(type(error).__name__)
            return failed(error)

    def _tell(self, kind: str) -> None:
        """Log that rankings fail, once in a while: a cluster that is away fails all of them."""
        now = time.monotonic()
        if now - self._told.get(kind, -_TELL_AGAIN_S) >= _TELL_AGAIN_S:
            self._told[kind] = now
            log.warning("rankings fail, and the cluster ranks in their place: %s", kind)

    def compare(self, job: Job, own: Json) -> None:
        """Rank a search in the background and log it beside the cluster's own answer."""
        task = asyncio.create_task(self._compared(job, own))
        self._comparing.add(task)
        task.add_done_callback(self._comparing.discard)

    async def _compared(self, job: Job, own: Json) -> None:
        # The client has its answer: its time is no longer what counts.
        fresh = replace(job, search=replace(job.search, begun=time.monotonic()))
        found = await self._run(fresh)
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

    def _count(self, found: Ranked | Left) -> None:
        self._metrics.searches.labels(found.by).inc()
        if isinstance(found, Ranked):
            role, took_s = found.job.role, time.monotonic() - found.job.search.begun
            self._metrics.index_seconds.labels(role).observe(took_s)
            self._metrics.index_hits.labels(role).inc(len(found.answer.page.ids))
        if isinstance(found, Left) and found.by == "lexical":
            self._metrics.fallbacks.labels(found.reason).inc()
        elif isinstance(found, Left) and found.by == "pass":
            self._metrics.unrecognised.labels(found.reason).inc()

    def _timed(self, stage: str, seconds: float) -> None:
        self._metrics.stages.labels(stage).observe(seconds)
