"""What a term is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

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
    """

    values: Mapping[str, Values]
    score: Floats


# A term that compares candidates.
Second = Callable[[Asked, Candidates, Passed], Values]
