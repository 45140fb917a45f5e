"""A panel: a question, its title and how its rows are drawn; a board is a page of them."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from mappings.dashboards.query import Query, Unit

Language = Literal["en", "zh"]


class Text(NamedTuple):
    """Words in both languages."""

    en: str
    zh: str

    def in_(self, language: Language) -> str:
        """Return the words."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Panel:
    """One picture.

    Attributes:
        id: stable, of the saved object.
        title: above it.
        note: how to read it.
        source: name of its indices, see `sources`.
        query: what it asks.
        drawn: `line` over time, `bar` by the split, `ranked` bars from above to below, `stack` the
            same and coloured by the second split, `heat` of two splits, `dots` of the first two
            measures, `table` of everything.
        wide: whether it takes a whole row.
    """

    id: str
    title: Text
    note: Text
    source: str
    query: Query
    drawn: Literal["line", "bar", "stack", "ranked", "heat", "dots", "table"]
    wide: bool = False

    @property
    def unit(self) -> Unit:
        """The unit of what is drawn: of the first measure."""
        return self.query.measures[0].unit


@dataclass(frozen=True)
class Board:
    """A page of panels under one title; `since` is the range of time it opens with."""

    id: str
    title: Text
    panels: tuple[Panel, ...]
    since: str = "now-30d"
