"""The one place where an evaluation meets a live index."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import cast

from connector.settings import Settings
from query.evaluate.runs import Ask, Ranking
from query.request import SearchRequest, System
from query.search import Searcher

# Ids in one request for titles.
_AT_ONCE = 500


@dataclass(frozen=True)
class Live:
    """An open index.

    Attributes:
        searcher: answers.
        quarantined: parts that the settings leave out of every search.
    """

    searcher: Searcher
    quarantined: tuple[str, ...]

    def systems(self, names: Sequence[str]) -> dict[str, Ask]:
        """Return what answers for each system."""
        return {name: partial(self._ask, cast("System", name), ()) for name in names}

    def without(self, system: str, parts: Sequence[str]) -> dict[str, Ask]:
        """Return what answers for a system without each of the parts, one at a time."""
        return {part: partial(self._ask, cast("System", system), (part,)) for part in parts}

    def parts(self) -> tuple[str, ...]:
        """Return what can be left out, and is not left out by the settings already."""
        names = dict.fromkeys(self.searcher.parts)
        return tuple(name for name in names if name not in self.quarantined)

    def titles(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Return the titles of products by id; those that are gone are missing."""
        name, found = self.searcher.catalogue.title, dict[str, str]()
        engine = self.searcher.reader.engine
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            sources = engine.sources(some, {"includes": [name]}, "")
            found |= {id_: str(source[name]) for id_, source in sources.items() if name in source}
        return found

    def _ask(self, system: System, without: tuple[str, ...], text: str, depth: int) -> Ranking:
        request = SearchRequest(text, size=depth, system=system, without=without)
        return [(hit.id, hit.score) for hit in self.searcher.search(request).hits]


@contextmanager
def opened(settings: Settings, alias: str) -> Iterator[Live]:
    """Open an index.

    Args:
        settings: how to reach the cluster, and what searches leave out.
        alias: of the index.
    """
    with Searcher.open(alias, settings) as searcher:
        yield Live(searcher, settings.search.quarantined)
