"""Answer many queries from one event loop; at most four searches run at a time."""

import asyncio

from query import AsyncSearcher


async def main() -> None:
    """Ask side by side."""
    queries = ["winter coat", "torch for camping", "desk lamp", "trail running shoes"]
    async with AsyncSearcher.open("shop", at_once=4) as searcher:
        for page in await asyncio.gather(*(searcher.search(query, size=1) for query in queries)):
            print(page.interpretation.typed, "→", page.hits[0].source["title"])


asyncio.run(main())
