"""Candidates become a ranking: every term of every candidate, then one score."""

from collections.abc import Mapping, Sequence

import numpy as np

from query.candidates import Asked, Candidates
from query.fuse import calibrated
from query.ranking import Floats, Ranking
from query.terms.category import category
from query.terms.coverage import accessory, coverage, title
from query.terms.feedback import feedback
from query.terms.lexical import lexical, words
from query.terms.named import avoided, entities
from query.terms.neighbours import neighbours
from query.terms.term import First, Passed, Second, Values
from query.terms.vector import vector

FIRST: dict[str, First] = {
    "lexical": lexical,
    "words": words,
    "vector": vector,
    "coverage": coverage,
    "title": title,
    "accessory": accessory,
    "avoided": avoided,
    "entities": entities,
    "category": category,
}
SECOND: dict[str, Second] = {"neighbours": neighbours, "feedback": feedback}
TERMS: tuple[str, ...] = (*FIRST, *SECOND)
# Of the first pass, what candidates are compared with.
_BEST = 100
# From twice 65,536 · 4 multiplications on OpenBLAS wakes a second thread (interface/gemm.c).
_UNTHREADED = 524_287
# Its kernels take twelve rows, or a divisor: whole ones come out as in one product.
_KERNEL = 12
# What stands beside BM25: worth less as the encoder cannot read a text. Coverage is weighed against
# the vectors; where they have no say, BM25 with what was understood is the fallback.
BESIDE_BM25 = frozenset({"vector", "coverage", "category", *SECOND})


def terms_of(asked: Asked, found: Candidates, first_pass: Mapping[str, float]) -> dict[str, Values]:
    """Return every term's values.

    Args:
        asked: the query.
        found: its candidates.
        first_pass: fixed weights of the score that neighbours and feedback are computed from.
    """
    values = {name: term(asked, found) for name, term in FIRST.items()}
    score = np.zeros(len(found.ids), np.float32)
    for name, weight in first_pass.items():
        score += np.float32(weight) * values[name].value
    passed = _passed(found, values, score)
    if found.ids:
        values |= {name: term(asked, found, passed) for name, term in SECOND.items()}
    else:
        values |= dict.fromkeys(SECOND, Values(score, score))
    return values


def _passed(found: Candidates, values: Mapping[str, Values], score: Floats) -> Passed:
    best = np.array(best_first(found.ids, score)[:_BEST], np.intp)
    alike = _cosines(found.sketches, found.sketches[best])
    alike[best, np.arange(len(best))] = 0.0
    return Passed(values, score, best, alike)


def _cosines(rows: Floats, others: Floats) -> Floats:
    """Return `rows @ others.T`, a few rows at a time.

    On one thread it takes .2 ms; on busy cores OpenBLAS's other threads make it wait for 6 ms and
    more, and below this size it leaves them asleep.
    """
    most = max(1, _UNTHREADED // max(1, others.size))
    step = most // _KERNEL * _KERNEL or most
    found = np.empty((len(rows), len(others)), np.float32)
    for start in range(0, len(rows), step):
        np.matmul(rows[start : start + step], others.T, out=found[start : start + step])
    return found


def ranked(
    found: Candidates, values: Mapping[str, Values], weights: Mapping[str, float]
) -> Ranking:
    """Return the candidates by the weighted sum of their terms, best first; ties by id."""
    names = tuple(values)
    table = np.stack([values[name].value for name in names], axis=1)
    factors = np.array([weights.get(name, 0.0) for name in names], np.float32)
    scores = calibrated(table, factors)
    return ordered(found, values, factors, scores)


def ordered(
    found: Candidates,
    values: Mapping[str, Values],
    weights: Floats,
    scores: Floats,
) -> Ranking:
    """Return the candidates by a score, best first; ties by id."""
    ranking = Ranking(
        ids=found.ids,
        scores=scores,
        terms=tuple(values),
        weights=weights,
        values=np.stack([one.value for one in values.values()], axis=1),
        raw=np.stack([one.raw for one in values.values()], axis=1),
        sketches=found.sketches,
        fields=found.fields,
    )
    return ranking.take(best_first(found.ids, scores))


def best_first(ids: Sequence[str], scores: Floats) -> list[int]:
    """Return rows by score, of equal scores by id: the same order however the rows came."""
    order = np.argsort(-scores, kind="stable")
    if np.any(np.diff(scores[order]) == 0):
        order = np.lexsort((np.array(ids), -scores))
    rows: list[int] = order.tolist()
    return rows
