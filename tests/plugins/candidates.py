"""Candidates made up for tests of the terms and of the score."""

from collections.abc import Mapping, Sequence

import numpy as np
from hypothesis import strategies as st

from query.candidates import AVOIDED, COVERAGE, HEAD, TITLE, Asked, Candidates, Sense, cosines
from query.corpus import Weighed
from query.legs import Clause, Named
from query.ranking import Floats
from query.score import _passed
from query.terms.term import Passed
from query.understand.interpretation import Interpretation

EAST, NORTH, NOWHERE = (np.array(each, np.float32) for each in ([1, 0], [0, 1], [0, 0]))
# Two readings of a query, the second half as likely.
SENSES = (Sense(EAST, EAST, 0.1, 1.0), Sense(NORTH, NORTH, 0.1, 0.5))
CLAUSES = (Clause("all", 1.0), Clause("title", 0.5))
SHARES = (COVERAGE, TITLE, HEAD, AVOIDED)
BRAND = Named(".named.0", "brand", 0, 4, "lamp", {"brand": ("Lamp",)}, 0.8)


def asked(*senses: Sense, highest: float = 10.0, named: Sequence[Named] = ()) -> Asked:
    """Return a query with clauses on all text and the title, in a plane of vectors."""
    query = Interpretation.of("lamp")
    return Asked(query, (), CLAUSES, Weighed(highest, ()), senses, tuple(named), NOWHERE, ())


def found(
    sketches: Sequence[Floats] | None = None,
    named: Mapping[str, Sequence[float]] | None = None,
    ids: Sequence[str] | None = None,
    categories: Sequence[object] | None = None,
    senses: Sequence[Sense] = (),
) -> Candidates:
    """Return candidates with these vectors and named scores; products are called p0, p1, ….

    Their cosines are those to the senses of the query that they are read for.
    """
    scores = {name: np.array(values, np.float32) for name, values in (named or {}).items()}
    number = len(sketches) if sketches is not None else len(next(iter(scores.values())))
    rows = np.array(sketches or np.zeros((number, 2)), np.float32).reshape(number, 2)
    names = tuple(ids or (f"p{row}" for row in range(number)))
    near = cosines(rows, senses)
    return Candidates(names, scores, rows, near, categories or [None] * number, {}, number, "eq")


def passed(candidates: Candidates, score: Sequence[float]) -> Passed:
    """Return what a first pass with these scores leaves to compare with."""
    return _passed(candidates, {}, np.array(score, np.float32))


def shuffled(candidates: Candidates, order: Sequence[int]) -> Candidates:
    """Return the same candidates in another order."""
    rows = list(order)
    return Candidates(
        tuple(candidates.ids[row] for row in rows),
        {name: scores[rows] for name, scores in candidates.named.items()},
        candidates.sketches[rows],
        candidates.cosines[rows],
        [candidates.categories[row] for row in rows],
        {},
        candidates.total,
        candidates.relation,
    )


@st.composite
def candidate_sets(draw: st.DrawFn) -> Candidates:
    """Draw up to 30 candidates: equal ones, ones without vectors, and ones that no word found."""
    count = draw(st.integers(1, 30))
    directions = st.integers(0, 7).map(lambda eighth: eighth * np.pi / 4)
    vectors = directions.map(lambda angle: np.array([np.cos(angle), np.sin(angle)], np.float32))
    rows = [draw(vectors | st.just(NOWHERE)) for _ in range(count)]
    named = {name: draw(_column(count, (0.0, 1.5, 4.0, 7.25))) for name in ("all", "title")}
    named |= {name: draw(_column(count, (0.0, 0.3, 0.7, 1.0))) for name in SHARES}
    ids = draw(st.permutations([f"p{row:02}" for row in range(count)]))
    return found(rows, named, ids, senses=SENSES)


def _column(count: int, values: Sequence[float]) -> st.SearchStrategy[list[float]]:
    return st.lists(st.sampled_from(values), min_size=count, max_size=count)
