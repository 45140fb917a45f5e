"""The merchandiser's file of rules: what it may say, and reading it."""

import tomllib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, ValidationInfo, model_validator

from connector.errors import RulesError
from mappings.catalogue import Catalogue
from mappings.faults import not_toml, not_valid
from mappings.tables import MisplacedError, Name, Table, Type
from mappings.template import names_in
from query.after.asked import Asked

By = Literal["linear", "log", "freshness", "promotion"]
_NUMBERS: tuple[Type, ...] = ("double", "long")
_TYPES: dict[By, tuple[Type, ...]] = {
    "linear": _NUMBERS,
    "log": _NUMBERS,
    "freshness": ("date",),
    "promotion": ("boolean",),
}
_NEEDS: dict[By, tuple[str, ...]] = {
    "linear": ("full",),
    "log": ("full",),
    "freshness": ("half_life_days",),
    "promotion": (),
}
_KEYS: dict[By, tuple[str, ...]] = {**_NEEDS, "linear": ("none", "full")}
_Ids = Annotated[tuple[str, ...], Field(min_length=1)]


class Guardrail(Table):
    """No product moves past one whose score is better by more than `margin`."""

    margin: float = Field(0.03, ge=0, le=1)


class Boost(Table):
    """Lifts products by a field, by `weight` of the margin at the most.

    Attributes:
        field: of the catalogue.
        by: `linear` and `log` of a number, `freshness` of a date, `promotion` of true or false.
        weight: share of the guardrail's margin that the best value is given.
        none: the number that is given nothing (`linear`).
        full: the number from which on all is given (`linear`, `log`).
        half_life_days: the age at which half is given (`freshness`).
    """

    field: Name
    by: By
    weight: float = Field(gt=0, le=1)
    none: float | None = None
    full: float | None = None
    half_life_days: float | None = Field(None, gt=0)

    @model_validator(mode="after")
    def _whole(self, info: ValidationInfo) -> Self:
        for key in ("none", "full", "half_life_days"):
            given = getattr(self, key) is not None
            if not given and key in _NEEDS[self.by]:
                raise MisplacedError("by", f"{self.by!r} needs {key} beside it")
            if given and key not in _KEYS[self.by]:
                raise MisplacedError(key, f"by = {self.by!r} has no {key}")
        if self.by == "log" and (self.full or 0) <= 0:
            raise MisplacedError("full", f"above 0 for by = 'log', found {self.full:g}")
        if self.by == "linear" and self.full == (self.none or 0):
            raise MisplacedError("full", f"another number than none, found {self.full:g} twice")
        _require_type(self.field, _TYPES[self.by], f"by = {self.by!r}", info)
        return self


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


class Collapse(Table):
    """Shows one product, the best, for each value of a field."""

    field: Name

    @model_validator(mode="after")
    def _exact(self, info: ValidationInfo) -> Self:
        _require_type(self.field, ("keyword", "long", "text"), "collapsing", info)
        return self


class Diversity(Table):
    """Maximal marginal relevance.

    Attributes:
        relevance: λ, from 0, novelty alone, to 1, relevance alone.
        depth: first hits that are put in another order.
    """

    relevance: float = Field(ge=0, le=1)
    depth: int = Field(30, ge=2, le=200)


class Reranking(Table):
    """A slower, better reader for the first hits.

    Attributes:
        kind: `cross-encoder` reads query and product together; `late-interaction` compares their
            words' vectors, by the index's own model.
        model: of the cross-encoder: a hub name, a folder, or `package:NAME`.
        revision: commit of a hub model.
        text: what is read of a product, with `{field}` for a field's text.
        fields: read one by one instead, each score counting by its weight.
        weight: of its score in the blend.
        depth: first hits that are read.
        budget_ms: after which the ranking stays as it was.
    """

    kind: Literal["cross-encoder", "late-interaction"]
    model: str | None = None
    revision: str | None = None
    text: str | None = None
    fields: dict[Name, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    weight: float = Field(0.5, gt=0, le=1)
    depth: int = Field(30, ge=2, le=200)
    budget_ms: float = Field(200.0, gt=0)

    @model_validator(mode="after")
    def _possible(self, info: ValidationInfo) -> Self:
        if (self.kind == "cross-encoder") != (self.model is not None):
            needs = "needs model" if self.model is None else "reads with the index's own model"
            raise MisplacedError("kind" if self.model is None else "model", f"{self.kind} {needs}")
        if (self.text is None) != bool(self.fields):
            raise MisplacedError("text", "one of text and fields says what is read of a product")
        for key, names in (("text", names_in(self.text or "")), ("fields", self.fields)):
            for name in names:
                _require_field(name, key, info)
        if self.text is not None and not names_in(self.text):
            raise MisplacedError("text", 'names no field; write for example "{title}"')
        return self

    @property
    def templates(self) -> tuple[tuple[str, float], ...]:
        """What is read, each with its weight."""
        if self.text is not None:
            return ((self.text, 1.0),)
        return tuple((f"{{{name}}}", weight) for name, weight in self.fields.items())


class Rules(Table):
    """The whole file; without one nothing happens after fusion."""

    guardrail: Guardrail = Guardrail()
    boost: tuple[Boost, ...] = ()
    pin: tuple[Pin, ...] = ()
    hide: tuple[Hide, ...] = ()
    collapse: Collapse | None = None
    diversity: Diversity | None = None
    rerank: Reranking | None = None


_TABLES = (Rules, Guardrail, Boost, Pin, Hide, Collapse, Diversity, Reranking)


def read(file: Path, catalogue: Catalogue) -> Rules:
    """Read a file of rules; its fields are the catalogue's.

    Raises:
        RulesError: one line that names the file, the line, the key and what to write.
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(
            f"rules {str(file)!r} cannot be read ({type(error).__name__}); the setting "
            "search.rules names the file"
        ) from None
    try:
        return Rules.model_validate(tomllib.loads(text), context=catalogue)
    except tomllib.TOMLDecodeError as error:
        raise RulesError(not_toml(file, error)) from None
    except ValidationError as error:
        raise RulesError(not_valid(file, text, error, _TABLES)) from None


def _require_field(name: str, key: str, info: ValidationInfo) -> None:
    if info.context and name not in info.context.fields:
        known = ", ".join(sorted(info.context.fields))
        raise MisplacedError(key, f"{name!r} is not a field; the catalogue has {known}")


def _require_type(name: str, types: tuple[Type, ...], what: str, info: ValidationInfo) -> None:
    """Refuse a field that the catalogue does not have, or not with exact values of these types."""
    _require_field(name, "field", info)
    if info.context:
        found = info.context.fields[name].type
        if found not in types or info.context.filter_field(name) is None:
            raise MisplacedError(
                "field", f"{what} needs type {' or '.join(types)}, {name!r} is of type {found!r}"
            )
