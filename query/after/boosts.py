"""Business boosts: margin, stock, freshness, promotion, within a guardrail of relevance."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from query.after.tables import Boost
from query.after.values import Numbers, ages, numbers
from query.ranking import Adjustment, Ranking, Stage

# By more than rounding.
_ABOVE = 1 + 1e-9


class Boosts(Stage):
    """Adds to each score a part of the margin, never more than the margin.

    So a product can never pass one that was better by more than the margin, whatever the boosts.

    Args:
        boosts: at least one.
        stored: name of the index field of each catalogue field.
        margin: of the score.
        now: freshness is measured from here.
    """

    name = "boosts"

    def __init__(
        self, boosts: Sequence[Boost], stored: Mapping[str, str], margin: float, now: datetime
    ) -> None:
        self._boosts, self._margin, self._now = boosts, margin, now
        self._stored = [stored[boost.field] for boost in boosts]
        self.fields = tuple(dict.fromkeys(self._stored))

    def __call__(self, text: str, ranking: Ranking) -> Ranking:  # noqa: ARG002 - same for all queries
        """Return the products by their new scores; of equal ones the more relevant is first."""
        shares = self._shares(ranking)
        amounts = self._margin * np.minimum(1.0, shares.sum(axis=0))
        if not amounts.any():
            return ranking
        # Rounding is monotone: a product outside the margin can be reached at most, and the
        # stable sort leaves the more relevant one in front.
        scores = (ranking.scores.astype(np.float64) + amounts).astype(np.float32)
        order = np.argsort(-scores, kind="stable")
        place = np.empty(len(order), np.intp)
        place[order] = np.arange(1, len(order) + 1)
        given = zip(ranking.ids, (self._margin * shares).T.tolist(), amounts.tolist(), strict=True)
        adjustments = [
            Adjustment(id_, self.name, self._reason(parts), amount, before, after)
            for before, (after, (id_, parts, amount)) in enumerate(
                zip(place.tolist(), given, strict=True), 1
            )
            if amount
        ]
        return replace(ranking, scores=scores).take(order.tolist()).adjusted(*adjustments)

    def _shares(self, ranking: Ranking) -> Numbers:
        """Return what each boost gives each product, as shares of the margin, float64 (B, N)."""
        columns = [ranking.fields[field] for field in self._stored]
        given = [
            boost.weight * _given(boost, ages(column, self._now))
            if boost.by == "freshness"
            else boost.weight * _given(boost, numbers(column))
            for boost, column in zip(self._boosts, columns, strict=True)
        ]
        return np.stack(given)

    def _reason(self, amounts: Sequence[float]) -> str:
        parts = ", ".join(
            f"{boost.field} {amount:+.3f}"
            for boost, amount in zip(self._boosts, amounts, strict=True)
            if amount
        )
        return f"{parts} (held at the margin)" if sum(amounts) > self._margin * _ABOVE else parts


def _given(boost: Boost, values: Numbers) -> Numbers:
    """Return the share of a boost for each value, 0 to 1; nothing for a missing one."""
    with np.errstate(over="ignore"):
        given = _curve(boost, values)
    return np.clip(np.nan_to_num(given, nan=0.0), 0.0, 1.0)


def _curve(boost: Boost, values: Numbers) -> Numbers:
    if boost.by == "freshness":
        return np.asarray(np.exp2(-values / (boost.half_life_days or math.inf)))
    if boost.by == "promotion":
        return values
    full = boost.full or 0.0
    if boost.by == "log":
        return np.asarray(np.log1p(np.maximum(values, 0.0)) / math.log1p(full))
    none = boost.none or 0.0
    return np.asarray((values - none) / (full - none))
