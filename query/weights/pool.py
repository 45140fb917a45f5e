"""The judged queries of all catalogues, and the weights that are compared on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from connector.errors import WeightsError
from query.ranking import Floats
from query.weights.features import Features, Judged
from query.weights.files import shipped
from query.weights.learner import Start, unit
from query.weights.model import Model
from query.weights.table import Indices, Table, table_of

# What fewer queries teach is chance.
LEAST = 10

Signs = Mapping[str, Literal["+", "-"]]


@dataclass(frozen=True)
class Rivals:
    """Weights that learned ones are compared with.

    Attributes:
        start: that learning starts from and is pulled towards.
        in_force: that rank today.
        hand: set by hand, before any learning.
    """

    start: Model
    in_force: Model
    hand: Model = field(default_factory=lambda: shipped("hand"))

    @property
    def each(self) -> dict[str, Model]:
        """Return them by name."""
        return {"start": self.start, "in_force": self.in_force, "hand": self.hand}

    @property
    def signs(self) -> Signs:
        """Return the sign of every term that any of them has."""
        every = {**self.hand.terms, **self.in_force.terms, **self.start.terms}
        return {name: term.sign for name, term in every.items()}


@dataclass(frozen=True)
class Pool:
    """All queries of all catalogues, Q in number.

    Attributes:
        names: of the catalogues.
        queries: Q.
        groups: (Q,), the place of each query's catalogue in `names`.
        table: of the queries.
        signs: of the terms, in the table's order.
        start: that learning starts from.
    """

    names: tuple[str, ...]
    queries: tuple[Judged, ...]
    groups: Indices
    table: Table
    signs: Signs
    start: Start

    @classmethod
    def of(cls, samples: Sequence[Features], rivals: Rivals) -> "Pool":
        """Put catalogues together.

        Raises:
            WeightsError: see `query.weights.training.train`.
        """
        _require(samples, rivals)
        terms = tuple(rivals.signs)
        queries = tuple(one for sample in samples for one in sample.ordered(terms).queries)
        sizes = [len(sample.queries) for sample in samples]
        signs = [1.0 if sign == "+" else -1.0 for sign in rivals.signs.values()]
        return cls(
            names=tuple(sample.catalogue for sample in samples),
            queries=queries,
            groups=np.repeat(np.arange(len(sizes)), sizes),
            table=table_of(queries),
            signs=rivals.signs,
            start=Start(unit(_weights(rivals.start, terms)), np.array(signs, np.float32)),
        )

    @property
    def slices(self) -> list[Mapping[str, str]]:
        """Return each query's value by dimension, its catalogue among them."""
        named = zip(self.queries, self.groups, strict=True)
        return [{"catalogue": self.names[group], **one.slices} for one, group in named]

    def weights(self, model: Model) -> Floats:
        """Return a model's weights in the table's order."""
        return _weights(model, tuple(self.signs))


def _weights(model: Model, terms: Sequence[str]) -> Floats:
    return np.array([model.weights.get(name, 0.0) for name in terms], np.float32)


def _require(samples: Sequence[Features], rivals: Rivals) -> None:
    queries = sum(len(sample.queries) for sample in samples)
    if queries < LEAST:
        raise WeightsError(f"{queries} judged queries are too few to learn from; bring {LEAST}")
    for sample in samples:
        # All weights would be worth the same, and any would pass for neutral.
        if not any(np.any(judged.grades > 0) for judged in sample.queries):
            raise WeightsError(
                f"{sample.catalogue}: no product with a grade above 0 is among those that its "
                "searches find; are the product ids those of this index?"
            )
    telling = sum(bool(np.any(one.grades > 0)) for sample in samples for one in sample.queries)
    if telling < LEAST:
        raise WeightsError(
            f"{telling} of {queries} judged queries find a product with a grade above 0, too few "
            f"to learn from; bring {LEAST}, judged with the product ids of this index"
        )
    names = [sample.catalogue for sample in samples]
    if len(set(names)) < len(names):
        raise WeightsError(
            f"catalogues {', '.join(names)}: bring each once, with all its judgments"
        )
    made = rivals.start.first_pass
    for sample in samples:
        if sample.first_pass != made:
            raise WeightsError(
                f"features of {sample.catalogue} come from another first pass "
                f"({dict(sample.first_pass)}, expected {made}); collect them again"
            )
    if rivals.in_force.first_pass != made:
        raise WeightsError(
            "the weights in force have another first pass than those that are started from; "
            "start from them with --from"
        )
