"""Reranking: the first hits are read again, and the two scores blended."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from connector.errors import ConnectorError
from mappings.template import names_in, render
from query.after.rerank.reranking import Reranking
from query.after.rerank.scorer import Scorer
from query.after.values import Numbers
from query.ranking import Adjustment, Floats, Ranking, Stage

# (ids, names of fields) → the fields of each product, in the order of the ids; empty for one that
# is gone.
Sources = Callable[[Sequence[str], Sequence[str]], Sequence[Mapping[str, Any]]]

# Texts between two looks at the clock.
_BATCH = 8


class _OutOfTimeError(Exception):
    """The budget is spent."""


@dataclass(frozen=True)
class _Text:
    """One text of one product, to be read."""

    row: int
    weight: float
    text: str


class Rerank(Stage):
    """Blends the first scores with a model's: (1 - weight) · score + weight · model's score.

    Where the blend of the least would fall below the best product that was not read, all that
    were read are raised by the same amount: scores stay descending, and nobody is passed by a
    product that the model never saw. When the budget is spent or the model fails, the ranking
    stays as it was, with a note.

    Args:
        rules: depth, budget, weight and texts.
        scorer: the model.
        sources: brings the products' fields.
        patient: leave the budget aside.
        clock: seconds, monotonic.
    """

    name = "rerank"

    def __init__(
        self,
        rules: Reranking,
        scorer: Scorer,
        sources: Sources,
        *,
        patient: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rules, self._scorer, self._sources = rules, scorer, sources
        self._patient, self._clock = patient, clock

    def __call__(self, text: str, ranking: Ranking) -> Ranking:
        """Return the ranking with its first hits in their new order."""
        ids = ranking.ids[: self._rules.depth]
        if len(ids) <= 1:
            return ranking
        try:
            judged = self._judged(text, ids)
        except _OutOfTimeError:
            return ranking.noted(f"not reranked: {self._rules.budget_ms:g} ms were not enough")
        except ConnectorError as error:
            return ranking.noted(f"not reranked: {error}")
        scores = blended(ranking.scores, judged, self._rules.weight)
        return self._reordered(ranking, scores, judged)

    def _judged(self, query: str, ids: Sequence[str]) -> Numbers:
        """Return the model's score of each product, float64; NaN for one without any text.

        Of several fields it is the weighted mean over those the product has.
        """
        self._scorer.load()
        begin = self._clock()
        texts = self._texts(ids)
        total, weight, slowest = np.zeros(len(ids)), np.zeros(len(ids)), 0.0
        for start in range(0, len(texts), _BATCH):
            now = self._clock()
            if not self._patient and (now - begin + slowest) * 1000 > self._rules.budget_ms:
                raise _OutOfTimeError
            batch = texts[start : start + _BATCH]
            scores = self._scorer.score(query, [one.text for one in batch])
            for one, score in zip(batch, scores, strict=True):
                total[one.row] += one.weight * score
                weight[one.row] += one.weight
            slowest = max(slowest, self._clock() - now)
        return np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), np.nan)

    def _texts(self, ids: Sequence[str]) -> list[_Text]:
        """Return what is read, shortest first: a batch is padded to its longest text.

        Where a product has none of a template's fields, what stands between them says nothing.
        """
        names = [name for template, _ in self._rules.templates for name in names_in(template)]
        sources = self._sources(ids, tuple(dict.fromkeys(names)))
        filled = [
            _Text(row, weight, render(template, source))
            for row, source in enumerate(sources)
            for template, weight in self._rules.templates
            if any(render(f"{{{name}}}", source) for name in names_in(template))
        ]
        return sorted(filled, key=lambda one: len(one.text))

    def _reordered(self, ranking: Ranking, scores: Floats, judged: Numbers) -> Ranking:
        head = len(judged)
        # Stable: of equal scores the one that was first stays first.
        order = np.argsort(-scores[:head], kind="stable").tolist()
        adjustments = [
            Adjustment(
                ranking.ids[row],
                self.name,
                "nothing to read" if np.isnan(judged[row]) else f"model {judged[row]:.3f}",
                float(scores[row]) - float(ranking.scores[row]),
                row + 1,
                place,
            )
            for place, row in enumerate(order, 1)
        ]
        everything = [*order, *range(head, len(scores))]
        return replace(ranking, scores=scores).take(everything).adjusted(*adjustments)


def blended(scores: Floats, judged: Numbers, weight: float) -> Floats:
    """Return the new scores, float32 (N,), those of the first products blended and raised.

    Args:
        scores: float32 (N,), descending.
        judged: float64 (D,), D at most N; NaN leaves a score as it is.
        weight: of what was judged.
    """
    head = len(judged)
    first = scores[:head].astype(np.float64)
    blend = np.where(np.isnan(judged), first, (1 - weight) * first + weight * judged)
    if head < len(scores):
        floor = float(scores[head])
        blend = np.maximum(blend + max(0.0, floor - blend.min()), floor)
    return np.concatenate([blend.astype(np.float32), scores[head:]])
