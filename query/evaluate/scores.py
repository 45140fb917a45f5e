"""What a score is worth: scores of relevant and irrelevant pairs, and the share relevant by score."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from query.evaluate.compare import Interval
from query.evaluate.runs import Run
from query.evaluate.wilson import wilson

MOST_BINS = 10
# Fewer pairs than these say little about a share.
_LEAST_IN_BIN = 10


@dataclass(frozen=True)
class Pairs:
    """Scores that a run gave to judged pairs of query and product; unjudged ones are left out.

    Attributes:
        relevant: ascending.
        irrelevant: ascending.
    """

    relevant: tuple[float, ...]
    irrelevant: tuple[float, ...]


@dataclass(frozen=True)
class Bin:
    """Neighbouring scores.

    Attributes:
        low, high: the lowest and the highest of them.
        score: their mean.
        pairs: how many there are.
        share: of relevant ones, with its 95 % Wilson interval.
    """

    low: float
    high: float
    score: float
    pairs: int
    share: Interval


def pairs(run: Run, grades: Mapping[str, Mapping[str, int]], relevant_from: int) -> Pairs:
    """Return the scores of a run's judged pairs, relevant from a grade up."""
    found: dict[bool, list[float]] = {True: [], False: []}
    for query_id, products in grades.items():
        for product_id, score in run.rankings.get(query_id, ()):
            if product_id in products:
                found[products[product_id] >= relevant_from].append(score)
    return Pairs(tuple(sorted(found[True])), tuple(sorted(found[False])))


def calibration(judged: Pairs) -> tuple[Bin, ...]:
    """Return at most ten bins with about equally many pairs each, scores ascending.

    The share of a calibrated score rises with it, and is the same for every query.
    """
    ordered = sorted(
        [(score, True) for score in judged.relevant]
        + [(score, False) for score in judged.irrelevant]
    )
    count = min(MOST_BINS, len(ordered) // _LEAST_IN_BIN)
    edges = [len(ordered) * place // count for place in range(count + 1)] if count else []
    return tuple(_bin(ordered[low:high]) for low, high in itertools.pairwise(edges))


def _bin(ordered: list[tuple[float, bool]]) -> Bin:
    scores = [score for score, _ in ordered]
    relevant = sum(is_relevant for _, is_relevant in ordered)
    share = relevant / len(ordered)
    low, high = wilson(share, len(ordered))
    within = Interval(share, float(low), float(high))
    return Bin(scores[0], scores[-1], sum(scores) / len(scores), len(ordered), within)
