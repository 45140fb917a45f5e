"""What a term is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from query.candidates import Asked, Candidates
from query.ranking import Floats


@dataclass(frozen=True)
class Values:
    """A term's values for N candidates.

    Attributes:
        raw: float32 (N,), in the term's own units; NaN where a product has no such score.
        value: float32 (N,), calibrated; 0 where there is no raw score.
    """

    raw: Floats
    value: Floats


# A term that looks at each candidate alone.
First = Callable[[Asked, Candidates], Values]


@dataclass(frozen=True)
class Passed:
    """What the terms of the second pass look at.

    Attributes:
        values: of the terms of the first pass, by name.
        score: float32 (N,), their sum with the first pass's fixed weights.
        best: rows of the best by that score, best first, B of them.
        alike: float32 (N, B), cosine of each candidate's sketch to those of the best; 0 to itself.
    """

    values: Mapping[str, Values]
    score: Floats
    best: NDArray[np.intp]
    alike: Floats


# A term that compares candidates.
Second = Callable[[Asked, Candidates, Passed], Values]
