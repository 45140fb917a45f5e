"""Likeness to the best of the first pass, where the words alone do not settle the query."""

import math

import numpy as np

from query.candidates import COVERAGE, Asked, Candidates
from query.terms.term import Passed, Values

_BEST = 10
# How fast a product's voice fades with its distance from the best.
_FADES = 0.08
# With this many candidates that have every word, the words settle it.
_SETTLED = 200
_EVERY = 0.999


def feedback(asked: Asked, found: Candidates, passed: Passed) -> Values:
    """Return the mean cosine to the best ten, itself left out, times how open the query is.

    Pseudo-relevance feedback; without the gate it pulls head queries to one corner of their many
    good answers.
    """
    best = passed.best[:_BEST]
    voices = np.exp((passed.score[best] - passed.score[best[:1]]) / _FADES)
    voice = np.tile(voices, (len(found.ids), 1))
    voice[best, np.arange(len(best))] = 0.0
    alike = passed.alike[:, :_BEST]
    mean = (alike * voice).sum(axis=1) / np.maximum(voice.sum(axis=1), 1e-9)
    whole = int((found.score(COVERAGE) > _EVERY).sum())
    openness = 1.0 - min(1.0, math.log1p(whole) / math.log(_SETTLED))
    raw = mean.astype(np.float32)
    return Values(raw, (raw * openness).astype(np.float32))
