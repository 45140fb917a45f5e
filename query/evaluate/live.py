"""The one place where an evaluation meets a live index."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from connector.settings import Settings
from query.evaluate.runs import Ranking, Search
from query.request import SearchRequest, System
from query.search import Searcher


@contextmanager
def opened(settings: Settings, alias: str) -> Iterator[Search]:
    """Open an index and yield what answers (system, text, depth) on it.

    Args:
        settings: how to reach the cluster.
        alias: of the index.
    """
    with Searcher.open(settings, alias) as searcher:

        def search(system: str, text: str, depth: int) -> Ranking:
            request = SearchRequest(text, size=depth, system=cast("System", system))
            return [(hit.id, hit.score) for hit in searcher.search(request).hits]

        yield search
