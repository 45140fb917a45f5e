import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from plugins.query_shop import Shop

from connector.errors import IndexMissingError, RequestError, UsageError
from query import AsyncSearcher, Searcher
from query.response import SearchResponse

pytestmark = pytest.mark.server

TEXTS = ("red jacket", "kettle for camping", "blue tent by Cedar", "orange gazebo", "steel mug")


def ids(page: SearchResponse) -> list[tuple[str, float]]:
    """Return what a page shows."""
    return [(hit.id, round(hit.score, 5)) for hit in page.hits]


def test_an_event_loop_gets_what_a_thread_gets(shop: Shop, searcher: Searcher) -> None:
    """Searches side by side in one loop answer as one after another, filters included."""
    filters = {"price": (None, 60)}

    async def ask() -> list[SearchResponse]:
        async with AsyncSearcher.open(shop.alias, shop.settings, at_once=3) as opened:
            asked = [opened.search(text, size=4, filters=filters) for text in TEXTS * 3]
            return await asyncio.gather(*asked)

    found = [ids(page) for page in asyncio.run(ask())]
    assert found == [ids(searcher.search(text, size=4, filters=filters)) for text in TEXTS] * 3


def test_faults_come_out_where_they_are_awaited(shop: Shop) -> None:
    """An index that is not there is missed on entering, a wrong request by its own search."""

    async def enter() -> None:
        async with AsyncSearcher.open("t-nowhere", shop.settings):
            pass

    async def ask() -> None:
        async with AsyncSearcher.open(shop.alias, shop.settings) as opened:
            await opened.search("lamp", size=-1)

    with pytest.raises(IndexMissingError):
        asyncio.run(enter())
    with pytest.raises(RequestError, match="negative"):
        asyncio.run(ask())


@pytest.mark.parametrize("at_once", [0, -1, 1.5, "8"])
def test_a_wrong_number_at_once_is_refused(shop: Shop, at_once: int) -> None:
    """The fault is ours to tell, as all are."""
    with pytest.raises(UsageError, match=r"at_once is .* expected a whole number from 1 up"):
        AsyncSearcher.open(shop.alias, shop.settings, at_once=at_once)


class _Held(Searcher):
    """Tells when as many searches run as should, and holds them until it is released."""

    def __init__(self, at_once: int) -> None:
        self.full, self.released = threading.Barrier(at_once + 1), threading.Event()

    def search(self, *_: object, **__: object) -> SearchResponse:  # type: ignore[override]
        if not self.released.is_set():
            self.full.wait(120)
            self.released.wait(120)
        return SearchResponse((), 0, "eq", 0.0, "hybrid")

    def close(self) -> None:
        """Nothing is open."""


def test_no_more_searches_run_than_are_allowed() -> None:
    """Of nine searches three run; six wait for their turn, and come to it."""
    held = _Held(3)

    async def ask() -> list[SearchResponse]:
        async with AsyncSearcher(lambda: held, 3) as opened:
            asked = [asyncio.ensure_future(opened.search("lamp")) for _ in range(9)]
            await asyncio.sleep(0)
            await asyncio.to_thread(held.full.wait, 120)
            assert opened._threads._work_queue.qsize() == 6
            held.released.set()
            return await asyncio.gather(*asked)

    assert len(asyncio.run(ask())) == 9


def test_threads_may_share_a_searcher(shop: Shop, searcher: Searcher) -> None:
    """A fresh searcher asked by eight threads at once answers as one that is asked by one."""
    alone = {text: ids(searcher.search(text)) for text in TEXTS}
    with Searcher.open(shop.alias, shop.settings) as shared, ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda text: (text, ids(shared.search(text))), TEXTS * 6)
        assert all(alone[text] == hits for text, hits in found)
