"""The tables of the file of rules that are for every query."""

from typing import Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from mappings.tables import MisplacedError, Name, Table, Type
from query.after.checks import require_type

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
        require_type(self.field, _TYPES[self.by], f"by = {self.by!r}", info)
        return self


class Collapse(Table):
    """Shows one product, the best, for each value of a field."""

    field: Name

    @model_validator(mode="after")
    def _exact(self, info: ValidationInfo) -> Self:
        require_type(self.field, ("keyword", "long", "text"), "collapsing", info)
        return self


class Diversity(Table):
    """Maximal marginal relevance.

    Attributes:
        relevance: λ, from 0, novelty alone, to 1, relevance alone.
        depth: first hits that are put in another order.
    """

    relevance: float = Field(ge=0, le=1)
    depth: int = Field(30, ge=2, le=200)
