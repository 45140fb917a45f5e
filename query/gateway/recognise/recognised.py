"""What a recognised search asks: its words, its conditions, its page, and how it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from query.gateway.recognise import address
from query.gateway.recognise.order import key
from query.gateway.recognise.page import COUNTED, SIZE
from query.gateway.recognise.texts import Json


@dataclass(frozen=True)
class Recognised:
    """A search that can be ranked.

    Attributes:
        text: the words, in single spaces.
        strict: whether only what the client's own query finds is an answer.
        conditions: clauses that every hit meets, its own query's among them where it is strict.
        functions: `function_score` bodies that multiply the score.
        body: the search as asked, the address's part included.
        parameters: of the address.
    """

    text: str
    strict: bool
    conditions: tuple[Json, ...]
    functions: tuple[Json, ...]
    body: Json
    parameters: Mapping[str, str]

    @property
    def query(self) -> Json:
        """The client's own query."""
        query: Json = self.body["query"]
        return query

    @property
    def from_(self) -> int:
        """Hits before the page."""
        return int(self.body.get("from") or 0)

    @property
    def size(self) -> int:
        """Hits of the page, 1 or more."""
        size = self.body.get("size")
        return SIZE if size is None else int(size)

    @property
    def counted(self) -> int | None:
        """How far hits are counted; None for all of them, 0 for not at all."""
        wanted = self.body.get("track_total_hits")
        if isinstance(wanted, bool):
            return None if wanted else 0
        if self.number_total:
            return None
        return COUNTED if wanted is None else int(wanted)

    @property
    def number_total(self) -> bool:
        """Whether the total is written as a number, as it was before OpenSearch."""
        return address.number_total(self.parameters)

    @property
    def after(self) -> tuple[Any, ...]:
        """Sort values of the hit before the page; none where the page is told by its number."""
        return tuple(self.body.get("search_after") or ())

    @property
    def ties(self) -> str | None:
        """What tells equal scores apart, where hits show it."""
        sort = self.body.get("sort")
        return key(sort[1])[0] if isinstance(sort, list) and len(sort) > 1 else None

    @property
    def group(self) -> str | None:
        """Field that hits are collapsed by."""
        field: str | None = (self.body.get("collapse") or {}).get("field")
        return field

    @property
    def group_names(self) -> tuple[str, ...]:
        """Names under which hits show the members of their group."""
        inner = (self.body.get("collapse") or {}).get("inner_hits") or []
        kinds = inner if isinstance(inner, list) else [inner]
        return tuple(str(kind.get("name", self.group)) for kind in kinds)

    @property
    def where(self) -> dict[str, str]:
        """Parameters of every search that is sent in place of this one."""
        return {name: value for name, value in self.parameters.items() if name in address.WHERE}

    @property
    def shown(self) -> dict[str, str]:
        """Parameters of the search that brings the page."""
        return {name: value for name, value in self.parameters.items() if name in address.SHOWN}
