"""What an experiment's stop rule is worth: false alarms while everybody looks, and power.

`python -m benchmarks.experiments` simulates shoppers who come one after another, looks at the
figures again and again, and prints how often identical rankings are called different, and how many
shoppers a difference takes. One seed, so the figures are the same everywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from query.experiments.decide import ALPHA, decide
from query.experiments.experiment import CONTROL, TREATMENT, Decision, Experiment, Variant
from query.experiments.outcomes import METRICS, Outcomes
from query.experiments.sequential import Moments

Floats = NDArray[np.float64]

RUNS, SHOPPERS, EVERY = 1000, 5000, 50
_START = datetime(2026, 11, 1, tzinfo=UTC)
_NOW = _START + timedelta(days=3)
# Shares of pages with a click: shoppers differ, .3 on the mean.
_CLICKED, _APART = 0.3, 4.0
_LIFTS = (0.0, 0.02, 0.03, 0.05, 0.1)
_PREFERENCES = (0.5, 0.52, 0.55, 0.6, 0.7)
_SIZES = (1000, 2500, 5000, 10_000, 20_000)
_REPEATED = 200
_MANY = 20_000


@dataclass(frozen=True)
class Crowd:
    """Shoppers of one run. N shoppers.

    Attributes:
        treated: (N,), who sees the treatment.
        values: by metric, (N,).
    """

    treated: NDArray[np.bool_]
    values: dict[str, Floats]


def crowd(shoppers: int, lift: float, random: np.random.Generator) -> Crowd:
    """Return shoppers of one to six pages; the treatment's click `lift` more of them."""
    treated = random.random(shoppers) < 1 / 2
    pages = random.integers(1, 7, shoppers)
    mean = np.where(treated, _CLICKED + lift, _CLICKED)
    likely = random.beta(_APART * mean, _APART * (1 - mean))
    clicks = random.binomial(pages, likely)
    values = {
        "clicked": clicks / pages,
        "zero": random.binomial(pages, 0.03) / pages,
        "latency": random.normal(3.5, 0.6, shoppers),
        "value": np.minimum(5.0, random.binomial(clicks, 0.08) * 1.25),
    }
    return Crowd(treated, values)


def looks(made: Crowd, every: int) -> Iterator[tuple[int, Outcomes]]:
    """Yield what is known after every so many shoppers."""
    sums = {
        (name, variant): np.cumsum(
            np.stack([mask * one for one in (np.ones(len(mask)), value, value**2)]), axis=1
        )
        for name, value in made.values.items()
        for variant, mask in ((CONTROL, ~made.treated), (TREATMENT, made.treated))
    }
    for end in range(every, len(made.treated) + 1, every):
        moments = {
            name: {
                variant: _moments(sums[name, variant][:, end - 1])
                for variant in (CONTROL, TREATMENT)
            }
            for name in METRICS
        }
        yield end, Outcomes(moments)


def _moments(sums: Floats) -> Moments:
    return Moments(int(sums[0]), float(sums[1]), float(sums[2]))


def run(shoppers: int, lift: float, seed: int, every: int = EVERY) -> tuple[Decision | None, int]:
    """Return how one experiment ends, and after how many shoppers; the stop rule's first word counts."""
    experiment = Experiment(
        name="one", catalogue="shop", treatment=Variant(), started=_START, margin=0.001
    )
    for seen, found in looks(crowd(shoppers, lift, np.random.default_rng(seed)), every):
        decision = decide(experiment, found, _NOW).decision
        if decision:
            return decision, seen
    return None, shoppers


def fixed(shoppers: int, seed: int, every: int = EVERY) -> bool:
    """Return whether a 5 % test for one look calls identical rankings different at any look."""
    for _, found in looks(crowd(shoppers, 0.0, np.random.default_rng(seed)), every):
        treated, controlled = (found.moments["clicked"][name] for name in (TREATMENT, CONTROL))
        spread = sum(one.variance / max(1, one.count) for one in (treated, controlled))
        if abs(treated.mean - controlled.mean) > 1.96 * np.sqrt(spread):
            return True
    return False


def votes(preference: float, shoppers: int, seed: int) -> int | None:
    """Return after how many votes an interleaved experiment is decided, or None for not at all."""
    random = np.random.default_rng(seed)
    wins = np.cumsum(random.random(shoppers) < preference)
    counts = np.arange(1, shoppers + 1)
    # The evidence of `query.experiments.sequential`, for all counts at once.
    logs = np.cumsum(np.log(np.arange(1, shoppers + 2)))
    factorials = np.concatenate([[0.0], logs])
    mixed = factorials[wins] + factorials[counts - wins] - factorials[counts + 1]
    told = np.flatnonzero(mixed + counts * np.log(2) >= np.log(1 / ALPHA))
    return int(counts[told[0]]) if len(told) else None


def main() -> None:
    """Print both tables."""
    alarms = [run(SHOPPERS, 0.0, seed)[0] for seed in range(RUNS)]
    wrong = sum(decision is not None for decision in alarms)
    naive = sum(fixed(SHOPPERS, seed) for seed in range(RUNS))
    print(f"A/A, {RUNS} runs of {SHOPPERS} shoppers, a look every {EVERY}:")
    print(f"  the stop rule ends {wrong / RUNS:.1%}; a test for one look {naive / RUNS:.1%}")
    coins = [votes(0.5, _MANY, seed) for seed in range(RUNS)]
    print(f"  interleaved, {_MANY} votes: {sum(one is not None for one in coins) / RUNS:.1%}\n")
    print("share of A/B experiments that find a lift of the share of clicked pages (.30):")
    for lift in _LIFTS[1:]:
        ends = [run(_MANY, lift, seed, 250) for seed in range(_REPEATED)]
        row = [sum(d == "treatment" and n <= size for d, n in ends) for size in _SIZES]
        print(f"  +{lift:.2f}", *(f"{found / _REPEATED:6.0%}" for found in row))
    print("share of interleaved experiments that find a preference:")
    for preference in _PREFERENCES[1:]:
        counted = [votes(preference, _MANY, seed) for seed in range(_REPEATED)]
        row = [sum(one is not None and one <= size for one in counted) for size in _SIZES]
        print(f"  {preference:.0%} ", *(f"{found / _REPEATED:6.0%}" for found in row))


if __name__ == "__main__":
    main()
