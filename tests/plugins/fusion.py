"""Legs made up for tests of the fusion methods."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from query.fuse.method import Leg
from query.ranking import Floats

# BM25 and cosine of each product; None where the leg does not know it.
Rows = Sequence[tuple[float | None, float | None]]

_BM25 = st.none() | st.sampled_from([0.125, 0.5, 1.0, 2.0, 3.5, 8.0, 20.0])
_COSINE = st.none() | st.sampled_from([-0.75, -0.25, 0.0, 0.25, 0.5, 0.875])
ROWS = st.lists(st.tuples(_BM25, _COSINE), min_size=1, max_size=12)


def column(values: Sequence[float | None]) -> Floats:
    """Return a leg's scores, NaN where there are none."""
    return np.array([np.nan if each is None else each for each in values], np.float32)


def legs(rows: Rows, lexical: float = 1.0, vector: float = 1.0) -> tuple[Leg, Leg]:
    """Return a lexical and a vector leg with these weights."""
    words, cosines = zip(*rows, strict=True)
    return (
        Leg("lexical", column(words), 0.0, lexical),
        Leg("vector", column(cosines), -1.0, vector),
    )
