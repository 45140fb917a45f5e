"""Judged queries made on the spot, whose grades follow one term."""

from collections.abc import Callable

import numpy as np

from query.ranking import Floats, Ranking
from query.weights.features import Features, Judged, judged
from query.weights.files import shipped

TERMS = ("lexical", "vector", "accessory")
WEIGHTS = np.array([0.5, 0.5, -0.1], np.float32)
MODEL = dict(zip(TERMS, WEIGHTS.tolist(), strict=True))
FIRST_PASS = shipped("hand").first_pass

Make = Callable[..., Features]


def ranking(ids: tuple[str, ...], values: Floats, weights: Floats) -> Ranking:
    """Return a ranking in the order of its scores."""
    made = Ranking(
        ids=ids,
        scores=values @ weights,
        terms=TERMS,
        weights=weights,
        values=values,
        raw=values,
        sketches=np.zeros((len(ids), 0), np.float32),
    )
    return made.take(np.argsort(-made.scores, kind="stable").tolist())


def features(queries: int = 24, seed: int = 0, name: str = "shop", best: int = 1) -> Features:
    """Return a catalogue whose grades follow the term at place `best`; the others are noise."""
    random = np.random.default_rng(seed)
    made = tuple(_query(f"q{one}", random, best) for one in range(queries))
    return Features(name, "f00d", TERMS, FIRST_PASS, made, 6 * queries)


def _query(query_id: str, random: np.random.Generator, best: int) -> Judged:
    values = random.random((30, len(TERMS))).astype(np.float32)
    ids = tuple(f"p{row:02d}" for row in random.permutation(30))
    signal = values[:, best] + 0.1 * random.random(30)
    grades = {ids[row]: grade for grade, row in enumerate(np.argsort(signal)[-6:])}
    return judged(query_id, "a torch", ranking(ids, values, WEIGHTS), grades, MODEL)
