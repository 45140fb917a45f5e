"""How sure a difference is, at every moment at once: looking often costs nothing.

A fixed test that is looked at every day calls far more than 5 % of identical rankings different. A
confidence sequence holds its level over all looks together.
"""

import math
from dataclasses import dataclass
from typing import Self

# Values of each variant before the normal approximation is trusted.
LEAST = 100
# Where the sequence is narrowest; elsewhere it is a little wider, nowhere is it wrong.
_TUNED_FOR = 2000


@dataclass(frozen=True)
class Moments:
    """Numbers, summed up.

    Attributes:
        count: how many.
        total: their sum.
        squares: the sum of their squares.
    """

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def plus(self, value: float) -> Self:
        """Return the moments with one more value."""
        return type(self)(self.count + 1, self.total + value, self.squares + value * value)

    @property
    def mean(self) -> float:
        """Return the mean; 0 of nothing."""
        return self.total / self.count if self.count else 0.0

    @property
    def variance(self) -> float:
        """Return the unbiased variance; 0 of fewer than two values."""
        if self.count <= 1:
            return 0.0
        spread = self.squares - self.total * self.total / self.count
        return max(0.0, spread / (self.count - 1))


@dataclass(frozen=True)
class Between:
    """A difference and the ends of its confidence sequence, `low <= mean <= high`."""

    mean: float
    low: float
    high: float


def difference(treatment: Moments, control: Moments, alpha: float) -> Between:
    """Return the difference of two means with its asymptotic confidence sequence.

    The normal mixture of Robbins (1970) with estimated variance: Waudby-Smith, Arbour, Sinha,
    Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences"
    (Annals of Statistics 2024), theorem 2.2. It is infinite below LEAST values of either.

    Args:
        treatment: values of independent shoppers.
        control: likewise.
        alpha: chance that the difference ever lies outside.
    """
    mean = treatment.mean - control.mean
    spread = sum(one.variance / max(1, one.count) for one in (treatment, control))
    if min(treatment.count, control.count) < LEAST or not spread:
        return Between(mean, -math.inf, math.inf)
    count = treatment.count + control.count
    tuned = (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / _TUNED_FOR
    grown = count * tuned + 1
    width = math.sqrt(
        count * spread * 2 * grown / (count**2 * tuned) * math.log(math.sqrt(grown) / alpha)
    )
    return Between(mean, mean - width, mean + width)


def evidence(wins: int, losses: int, share: float = 0.5) -> float:
    """Return the evidence against wins being a `share` of all; large is much.

    The mixture of likelihood ratios over every other share, a test martingale under the null:
    the chance that it ever reaches 1 / alpha is alpha at most (Ville 1939; Robbins 1970; the
    mSPRT of Johari, Koomen, Pekelis and Walsh, KDD 2017). Exact, for any number of votes.

    Args:
        wins: 0 or more.
        losses: likewise.
        share: of wins where nothing is different, in (0, 1).
    """
    likely = wins * math.log(share) + losses * math.log(1 - share)
    mixed = math.lgamma(wins + 1) + math.lgamma(losses + 1) - math.lgamma(wins + losses + 2)
    return math.exp(min(700.0, mixed - likely))
