"""Candidates like this one: products that resemble good ones are good, and the other way round."""

import numpy as np

from query.candidates import Asked, Candidates
from query.terms.term import Passed, Values

# A candidate is averaged over its nearest among the best of the first pass.
_NEAREST = 8


def neighbours(asked: Asked, found: Candidates, passed: Passed) -> Values:
    """Return the first-pass score averaged over a candidate's neighbours, by max(cos, 0)².

    Score regularisation: Diaz (2005), Regularizing Ad Hoc Retrieval Scores.
    """
    alike = np.maximum(passed.alike, np.float32(0.0)) ** 2
    if len(passed.best) > _NEAREST:
        least = np.partition(alike, -_NEAREST, axis=1)[:, -_NEAREST, None]
        alike = np.where(alike >= least, alike, np.float32(0.0))
    weight = alike.sum(axis=1)
    mean = (alike @ passed.score[passed.best]) / np.maximum(weight, 1e-9)
    raw = mean.astype(np.float32)
    return Values(raw, raw)
