"""The tables of the file of rules that are for some queries, on some days."""

from datetime import date
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from mappings.tables import MisplacedError, Table
from query.after.asked import Asked

# The engine refuses a search for a product without an id.
_Id = Annotated[str, Field(min_length=1)]
_Ids = Annotated[tuple[_Id, ...], Field(min_length=1)]


class ForQueries(Table):
    """For which queries a rule is meant, and when.

    Attributes:
        query: the whole query; words may be in the plural, case and accents do not matter.
        words: each of them stands in the query.
        starts: first day, UTC; always when left out.
        ends: last day; never when left out.
    """

    query: str | None = None
    words: tuple[str, ...] = ()
    starts: date | None = None
    ends: date | None = None

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.query is not None and self.words:
            raise MisplacedError("words", "a rule has either query or words, not both")
        if self.starts and self.ends and self.ends < self.starts:
            raise MisplacedError("ends", f"{self.ends} is before starts, {self.starts}")
        for key, text in (("query", self.query), *(("words", word) for word in self.words)):
            if text is not None and not Asked(text).form:
                raise MisplacedError(key, f"{text!r} has no word")
        return self

    def meant(self, asked: Asked, today: date) -> bool:
        """Return whether the rule is for this query, today."""
        if (self.starts and today < self.starts) or (self.ends and today > self.ends):
            return False
        if self.query is not None:
            return asked.form == self._form
        return all(asked.has(form) for form in self._forms)

    @cached_property
    def _form(self) -> str:
        return Asked(self.query or "").form

    @cached_property
    def _forms(self) -> tuple[str, ...]:
        return tuple(Asked(word).form for word in self.words)


class Pin(ForQueries):
    """Puts products at places of their own, the first of `products` at `place`."""

    products: _Ids
    place: int = Field(1, ge=1, le=1000)

    @model_validator(mode="after")
    def _for_something(self) -> Self:
        if self.query is None and not self.words:
            raise MisplacedError("", "a pin needs query or words, the queries it is for")
        return self


class Hide(ForQueries):
    """Takes products out; for every query when neither query nor words are given."""

    products: _Ids
