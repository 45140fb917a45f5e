"""What learned weights reach on queries, and on catalogues, that they were not learned from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.relevance.catalogue import Loaded
from query.weights.crossvalidate import FOLDS, folds, held_out
from query.weights.files import shipped
from query.weights.learner import Learning, Start, unit
from query.weights.live import ask
from query.weights.table import table_of


@dataclass(frozen=True)
class HeldOut:
    """nDCG@10 of one catalogue's queries, in the order of its judgments.

    Attributes:
        folds: with weights learned from the other four fifths of all catalogues' queries.
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
    dealt = folds(groups, FOLDS, learning.seed)
    by_fold = held_out(table, groups, dealt, start, learning)
    several = len(samples) > 1
    unseen = held_out(table, groups, groups, start, learning) if several else None
    return {
        one.name: HeldOut(
            by_fold[groups == group].tolist(),
            None if unseen is None else unseen[groups == group].tolist(),
        )
        for group, one in enumerate(catalogues)
    }
