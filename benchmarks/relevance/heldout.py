"""What learned weights reach on queries, and on catalogues, that they were not learned from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.relevance.catalogue import Loaded
from query.weights.crossvalidate import FOLDS, folds, held_out
from query.weights.files import shipped
from query.weights.learner import Learning, Start, unit
from query.weights.live import ask
from query.weights.table import table_of

# Which query falls into which fold moves the mean of 76 queries by .0015 (one deviation).
DEALS = 5


@dataclass(frozen=True)
class HeldOut:
    """nDCG@10 of one catalogue's queries, in the order of its judgments.

    Attributes:
        folds: with weights learned from the other four fifths of all catalogues' queries; the mean
            of some deals.
        unseen: with weights learned from the other catalogues alone; None when there is none.
    """

    folds: Sequence[float]
    unseen: Sequence[float] | None


def measure(catalogues: Sequence[Loaded]) -> dict[str, HeldOut]:
    """Learn without what is tested on, starting from the weights that were set by hand."""
    samples = [
        ask(one.settings, one.name, one.folder / "queries.tsv", one.folder / "qrels.tsv", None)
        for one in catalogues
    ]
    hand, learning = shipped("hand"), Learning()
    terms = tuple(hand.terms)
    table = table_of([query for one in samples for query in one.ordered(terms).queries])
    groups = np.repeat(np.arange(len(samples)), [len(one.queries) for one in samples])
    signs = [1.0 if term.sign == "+" else -1.0 for term in hand.terms.values()]
    weights = np.array([hand.weights[name] for name in terms], np.float32)
    start = Start(unit(weights), np.array(signs, np.float32))
    deals = [replace(learning, seed=seed) for seed in range(DEALS)]
    by_fold = np.mean(
        [held_out(table, groups, folds(groups, FOLDS, one.seed), start, one) for one in deals],
        axis=0,
    )
    unseen = None
    if len(samples) > 1:
        unseen = np.mean([held_out(table, groups, groups, start, one) for one in deals], axis=0)
    return {
        one.name: HeldOut(
            by_fold[groups == group].tolist(),
            None if unseen is None else unseen[groups == group].tolist(),
        )
        for group, one in enumerate(catalogues)
    }
