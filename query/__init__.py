"""A query becomes a ranking.

`request` is what is asked, `understand` what is meant; `candidates` brings products, `terms` and
`fuse` score them, `after` arranges them; `search` runs it from end to end, `explain` says why,
`evaluate` measures it. The names below are the Python API, imported when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from query.asynchronous import AsyncSearcher
    from query.request import Asker, Filter, SearchRequest
    from query.response import SearchResponse
    from query.search import Searcher

__all__ = ["Asker", "AsyncSearcher", "Filter", "SearchRequest", "SearchResponse", "Searcher"]

_HOMES = {
    "Asker": "query.request",
    "AsyncSearcher": "query.asynchronous",
    "Filter": "query.request",
    "SearchRequest": "query.request",
    "SearchResponse": "query.response",
    "Searcher": "query.search",
}


def __getattr__(name: str) -> Any:
    """Import a name of the API: `import query` alone loads neither numpy nor a client."""
    if name not in _HOMES:
        raise AttributeError(f"module 'query' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
