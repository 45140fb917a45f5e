"""What a system works with, and what it hands back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from connector.settings import SearchSettings
from mappings.catalogue import Catalogue
from query.corpus import Corpus
from query.encode import QueryEncoder
from query.engine import Engine
from query.request import SearchRequest
from query.response import Hit

Json = dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """An open index: the engine, and what is known about it."""

    engine: Engine
    catalogue: Catalogue
    corpus: Corpus
    encoder: QueryEncoder
    settings: SearchSettings

    @property
    def shown(self) -> Json:
        """Return the `_source` filter of a page: no vectors, no bookkeeping."""
        return {"excludes": [*self.catalogue.vectors, "connector"]}


@dataclass(frozen=True)
class Found:
    """A page of hits and how many there are; see `query.response.SearchResponse`."""

    hits: tuple[Hit, ...]
    total: int
    relation: Literal["eq", "gte"]


# A checked request and its filter clauses become a page.
Answer = Callable[[Reader, SearchRequest, Sequence[Json]], Found]
