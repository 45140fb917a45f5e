"""The one place where an evaluation meets a live index."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from connector.settings import Settings
from mappings import catalogue as catalogues
from query.evaluate.runs import Ranking, Search
from query.request import SearchRequest, System
from query.search import Searcher


@contextmanager
def opened(settings: Settings, index: str | None, catalogue: Path | None) -> Iterator[Search]:
    """Open an index and yield what answers (system, text, depth) on it.

    Args:
        settings: how to reach the cluster, and the catalogue where neither argument names one.
        index: alias to search; the catalogue's name when left out.
        catalogue: the catalogue file, read for its name only.
    """
    alias = index or catalogues.read(catalogue or settings.catalogue).name
    with Searcher.open(settings, alias) as searcher:

        def search(system: str, text: str, depth: int) -> Ranking:
            request = SearchRequest(text, size=depth, system=cast("System", system))
            return [(hit.id, hit.score) for hit in searcher.search(request).hits]

        yield search
