"""Rankings made up for tests of what happens after fusion."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from query.ranking import Ranking
from query.score import best_first

DIMENSIONS = 4


def ranking(
    scores: Mapping[str, float],
    fields: Mapping[str, Sequence[Any]] | None = None,
    sketches: Sequence[Sequence[float]] | None = None,
) -> Ranking:
    """Return a ranking of products by their scores, best first; rows come in any order."""
    count = len(scores)
    values = np.array(list(scores.values()), np.float32)
    vectors = np.array(sketches or np.zeros((count, DIMENSIONS)), np.float32)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    made = Ranking(
        ids=tuple(scores),
        scores=values,
        terms=("lexical",),
        weights=np.ones(1, np.float32),
        values=values[:, None],
        raw=values[:, None],
        sketches=(vectors / np.maximum(length, 1e-9)).astype(np.float32),
        fields=fields or {},
    )
    return made.take(best_first(made.ids, made.scores))


@st.composite
def rankings(draw: st.DrawFn) -> Ranking:
    """Draw a ranking of up to twelve products with everything that stages look at, gaps and ties."""
    count = draw(st.integers(0, 12))
    each = st.lists(st.sampled_from(SCORES) | st.floats(-1, 2, width=32), min_size=count)
    columns = {
        "margin": st.none() | st.floats(allow_nan=False, allow_infinity=False).map(lambda v: [v]),
        "promoted": st.none() | st.booleans().map(lambda v: [v]),
        "released": st.none() | st.datetimes().map(lambda t: [t.isoformat() + "Z"]),
        "parent.keyword": st.none() | st.sampled_from("xyz").map(lambda v: [v]),
    }
    vector = st.lists(st.floats(-1, 1, width=32), min_size=DIMENSIONS, max_size=DIMENSIONS)
    names = [f"p{number:02}" for number in range(count)]
    return ranking(
        dict(zip(names, draw(each), strict=False)),
        {name: [draw(cell) for _ in names] for name, cell in columns.items()},
        [draw(vector) for _ in names],
    )


# Near enough to one another for ties and margins to matter.
SCORES = (0.0, 0.5, 0.51, 0.53, 0.530001, 0.56)
PRODUCTS = [f"p{number:02}" for number in range(14)]
