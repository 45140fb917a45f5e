"""Candidates of one search, scored: what fusion makes, training reads and later stages reorder."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Adjustment:
    """What a stage after fusion did to one product.

    Attributes:
        id: of the product.
        stage: that did it, e.g. `boosts`, `pins`, `diversity`.
        reason: in words, e.g. `margin 0.42`.
        amount: what it added to the score; 0 when it only moved the product.
        before: place before the stage, from 1.
        after: place after the stage, from 1; None when the product was taken out.
    """

    id: str
    stage: str
    reason: str
    amount: float
    before: int
    after: int | None


@dataclass(frozen=True)
class Ranking:
    """All candidates of one search, best first. N candidates, T terms.

    Attributes:
        ids: of the products, N.
        scores: float32 (N,); the sum of `weights · values` and of the amounts that stages added.
            Descending, until a stage that only moves products (diversity, pins) has run.
        terms: names of the terms, T.
        weights: float32 (T,).
        values: float32 (N, T), calibrated: 0 says nothing for a product, 1 is the most there is.
        raw: float32 (N, T), in the term's own units; NaN where a product has no such score.
        sketches: float32 (N, D), length 1, cosine between two rows says how alike two products
            are; zeros for a product without a vector; D is 0 when the index keeps no sketches.
        fields: stored values of the fields that stages asked for, each N long, None where absent.
        adjustments: what stages did, in their order.
        others: products collapsed into each, by its id; only where there are any.
        notes: what the user should know of the stages, in sentences.
    """

    ids: tuple[str, ...]
    scores: Floats
    terms: tuple[str, ...]
    weights: Floats
    values: Floats
    raw: Floats
    sketches: Floats
    fields: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    adjustments: tuple[Adjustment, ...] = ()
    others: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def take(self, rows: Sequence[int]) -> "Ranking":
        """Return the ranking with these rows in this order."""
        index = np.asarray(rows, dtype=np.intp)
        return replace(
            self,
            ids=tuple([self.ids[row] for row in rows]),
            scores=self.scores[index],
            values=self.values[index],
            raw=self.raw[index],
            sketches=self.sketches[index],
            fields={name: [column[row] for row in rows] for name, column in self.fields.items()},
        )

    def adjusted(self, *adjustments: Adjustment) -> "Ranking":
        """Return the ranking with more written down."""
        return replace(self, adjustments=(*self.adjustments, *adjustments))

    def noted(self, note: str) -> "Ranking":
        """Return the ranking with one more note."""
        return replace(self, notes=(*self.notes, note))


class Stage(Protocol):
    """One stage after fusion: reranking, boosts, pins, collapsing, diversity.

    Attributes:
        name: in evidence and settings.
        fields: index fields with doc values whose values the stage reads from `Ranking.fields`.
    """

    name: str
    fields: tuple[str, ...] = ()

    def wanted(self, text: str) -> tuple[str, ...]:  # noqa: ARG002 - most want none
        """Return ids of products to be among a query's candidates, whatever their relevance."""
        return ()

    def __call__(self, text: str, ranking: Ranking) -> Ranking:
        """Return the ranking as it should be, its adjustments written down.

        Args:
            text: the query as asked.
            ranking: best first.
        """


def wanted(stages: Iterable[Stage], text: str) -> tuple[str, ...]:
    """Return ids that stages need among the candidates of a query."""
    return tuple(id_ for stage in stages for id_ in stage.wanted(text))
