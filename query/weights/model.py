"""Weights as a file holds them: a small readable JSON, with the report of their training inside."""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from query.score import FIRST, TERMS

FORMAT = 1
PACKAGE = "hybrid-search-connector"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class Term(_Part):
    """How much one term counts, and which way it may: a weight never crosses zero."""

    weight: float
    sign: Literal["+", "-"] = "+"

    @model_validator(mode="after")
    def _right_way(self) -> "Term":
        if self.weight and (self.weight > 0) != (self.sign == "+"):
            raise ValueError(f"weight {self.weight} where the sign is {self.sign!r}")
        return self


class Source(_Part):
    """Judged queries that weights were learned from.

    Attributes:
        catalogue: name of the index.
        encoder: fingerprint of the model its vectors come from.
        queries: how many.
        judgments: products with a grade, over all queries.
    """

    catalogue: str
    encoder: str
    queries: int
    judgments: int


class Training(_Part):
    """Where weights come from.

    Attributes:
        sources: one per catalogue; each counts the same.
        start: weights that were started from and pulled towards.
        settings: of the learner.
        report: what cross-validation and the gate found; the shape is in docs/weights.md.
    """

    sources: tuple[Source, ...]
    start: dict[str, float]
    settings: dict[str, float | int]
    report: dict[str, Any]


class Model(_Part):
    """The weights of a ranking.

    Attributes:
        format: of the file.
        terms: by name; a term that is missing weighs nothing. The positive weights add up to 1,
            so that a product that has all there is of every term scores 1.
        first_pass: fixed weights of the score that `neighbours` and `feedback` are computed from.
        created: day, as 2026-11-21.
        package: version that wrote the file.
        trained: None for weights set by hand.
    """

    format: Literal[1] = 1
    terms: dict[str, Term]
    first_pass: dict[str, float]
    created: str
    package: str = Field(default_factory=lambda: version(PACKAGE))
    trained: Training | None = None

    @model_validator(mode="after")
    def _known(self) -> "Model":
        _require(self.terms, TERMS, "terms")
        _require(self.first_pass, tuple(FIRST), "first_pass")
        if not any(term.weight > 0 for term in self.terms.values()):
            raise ValueError("no term weighs more than 0, so nothing can be ranked")
        return self

    @property
    def weights(self) -> dict[str, float]:
        """Return the weights by term."""
        return {name: term.weight for name, term in self.terms.items()}

    @property
    def version(self) -> str:
        """Return what tells these weights from others; see `version_of`."""
        return version_of(self.weights, self.first_pass)

    def as_json(self) -> str:
        """Return the file's text."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"


def version_of(weights: Mapping[str, float], first_pass: Mapping[str, float]) -> str:
    """Return 12 hexadecimal digits, the same for the same weights, however they were made."""
    both = json.dumps([dict(weights), dict(first_pass)], sort_keys=True)
    return hashlib.sha256(both.encode()).hexdigest()[:12]


def _require(names: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"unknown term {unknown[0]!r} in {where}; there are {', '.join(known)}")
