"""opensearch-py's asynchronous client, unchanged but for its host name."""

import asyncio
from typing import Any

import pytest
from opensearchpy import AsyncOpenSearch
from plugins.query_shop import Shop

from connector.settings import Settings

pytestmark = pytest.mark.server


def test_searches_at_the_same_time_get_the_ranking(
    admin: Settings, ranking: str, shop: Shop, find: Any
) -> None:
    """Twenty searches over a few connections, each with its own words."""
    own = admin.opensearch
    secret = own.password.get_secret_value() if own.password else None
    user = (own.username, secret) if secret else None
    words = [f"{colour} {kind}" for colour in ("red", "blue") for kind in ("lamp", "tent") * 5]

    async def ask() -> list[dict[str, Any]]:
        async with AsyncOpenSearch(ranking, http_auth=user, timeout=60) as client:
            bodies = [{"query": {"match": {"title": text}}} for text in words]
            return await asyncio.gather(*(client.search(index=shop.alias, body=b) for b in bodies))

    for text, answer in zip(words, asyncio.run(ask()), strict=True):
        want = find({"match": {"title": text}})["hits"]["hits"]
        assert [hit["_id"] for hit in answer["hits"]["hits"]] == [hit["_id"] for hit in want]
