"""What came of an experiment, shopper by shopper.

A shopper counts once, a day after they first met it, with what they did in that day. Later visits
would bring the same person's habits again, and values that still grow are none to draw a line by.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from query.experiments.experiment import CONTROL, TREATMENT
from query.experiments.interleave import vote
from query.experiments.sequential import Moments

DAY = timedelta(days=1)
# What a cart is worth of a purchase, and what one shopper counts at most.
_CART, _MOST = 0.25, 5.0
METRICS = ("clicked", "zero", "latency", "value")


@dataclass(frozen=True)
class Look:
    """One page of an experiment.

    Attributes:
        unit: pseudonym of the shopper.
        at: when.
        variant: that was shown; empty where two were interleaved.
        total: products found.
        took_ms: of the search.
        clicked: places, from 0.
        carts: products put into the cart.
        purchases: products bought.
        teams: of each product, where two rankings were interleaved.
    """

    unit: str
    at: datetime
    variant: str
    total: int
    took_ms: float
    clicked: tuple[int, ...] = ()
    carts: int = 0
    purchases: int = 0
    teams: tuple[str, ...] = ()


def _nothing() -> dict[str, dict[str, Moments]]:
    return {name: {CONTROL: Moments(), TREATMENT: Moments()} for name in METRICS}


@dataclass(frozen=True)
class Outcomes:
    """What is known of both variants.

    Attributes:
        moments: by metric and variant; a value per shopper: share of pages that were clicked, share
            without hits, mean logarithm of the milliseconds, purchases with a quarter of the carts.
        votes: shoppers who preferred the treatment, and the control, where both were in one list.
        waiting: shoppers whose day is not over.
    """

    moments: Mapping[str, Mapping[str, Moments]] = field(default_factory=_nothing)
    votes: tuple[int, int] = (0, 0)
    waiting: int = 0

    def shoppers(self, variant: str) -> int:
        """Return how many shoppers count for a variant."""
        return self.moments["clicked"][variant].count


def outcomes(looks: Iterable[Look], now: datetime) -> Outcomes:
    """Return what came of pages, in the order of time.

    Args:
        looks: in any order.
        now: with its time zone.
    """
    by_unit: dict[str, list[Look]] = defaultdict(list)
    for look in sorted(looks, key=lambda one: one.at):
        by_unit[look.unit].append(look)
    moments = _nothing()
    wins = losses = waiting = 0
    for theirs in by_unit.values():
        first = theirs[0]
        if now < first.at + DAY:
            waiting += 1
            continue
        day = [look for look in theirs if look.at < first.at + DAY]
        preferred = sum(vote(look.teams, look.clicked) for look in day if look.teams)
        wins, losses = wins + (preferred > 0), losses + (preferred < 0)
        if first.variant:
            for name, value in _values(day).items():
                moments[name][first.variant] = moments[name][first.variant].plus(value)
    return Outcomes(moments, (wins, losses), waiting)


def _values(day: Sequence[Look]) -> dict[str, float]:
    pages = len(day)
    value = sum(look.purchases + _CART * look.carts for look in day)
    return {
        "clicked": sum(bool(look.clicked) for look in day) / pages,
        "zero": sum(look.total == 0 for look in day) / pages,
        "latency": sum(math.log(max(1.0, look.took_ms)) for look in day) / pages,
        "value": min(_MOST, value),
    }
