"""`Searcher` for programs with an event loop: the same searcher, on threads of its own.

Nothing below is asynchronous: the model computes, and the client waits for the engine. Both let
other threads run meanwhile, so a few threads serve an event loop without holding it up.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar, Unpack

from connector.errors import UsageError
from connector.settings import Settings
from query.api import Options
from query.request import SearchRequest
from query.response import SearchResponse
from query.search import Searcher

R = TypeVar("R")


class AsyncSearcher:
    """Answers requests on one index; methods, arguments and errors are `Searcher`'s.

    At most `at_once` searches run; further ones wait for their turn. A search that is cancelled
    while it waits is never sent; one that runs goes on to its end, unheard.
    """

    def __init__(self, opening: Callable[[], Searcher], at_once: int) -> None:
        self._opening = opening
        self._lock = threading.Lock()
        self._searcher: Searcher | None = None
        # Threads, not a semaphore, are the bound: a cancelled search still occupies its own.
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="search")

    @classmethod
    def open(cls, alias: str, settings: Settings | None = None, *, at_once: int = 8) -> Self:
        """Return a searcher that reads the index when it is entered, or first asked.

        Args:
            alias: as `Searcher.open`.
            settings: likewise.
            at_once: searches that run together, 1 or more.

        Raises:
            UsageError: fewer than one search at once, or no whole number of them.
        """
        if not isinstance(at_once, int) or at_once < 1:
            raise UsageError(f"at_once is {at_once!r}; expected a whole number from 1 up")
        return cls(lambda: Searcher.open(alias, settings), at_once)

    async def search(
        self, query: str | SearchRequest, **options: Unpack[Options]
    ) -> SearchResponse:
        """Answer one request; see `Searcher.search`."""
        return await self._run(lambda: self._opened().search(query, **options))

    async def close(self) -> None:
        """Wait for the searches that run, and close the connections."""
        if self._searcher:
            await self._run(self._searcher.close)
        await asyncio.to_thread(self._threads.shutdown)

    async def __aenter__(self) -> Self:
        await self._run(self._opened)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def _opened(self) -> Searcher:
        with self._lock:
            if self._searcher is None:
                self._searcher = self._opening()
            return self._searcher

    async def _run(self, call: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)
