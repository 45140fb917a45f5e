"""The cosine of the query's vector to the product's, above what any product would have."""

import numpy as np

from query.candidates import Asked, Candidates
from query.terms.term import Values


def vector(asked: Asked, found: Candidates) -> Values:
    """Return (cos - mean) / (1 - mean): 0 is the mean cosine to the catalogue, 1 the same direction.

    Of several readings of the query the one that suits a product best counts, at its weight.
    """
    there = found.vectors.any(axis=1)
    raw = np.full(len(found.ids), np.nan, np.float32)
    value = np.zeros(len(found.ids), np.float32)
    for sense in asked.senses:
        cosine = found.vectors @ sense.vector
        above = np.where(there, sense.weight * (cosine - sense.zero) / (1.0 - sense.zero), 0.0)
        better = there & (np.isnan(raw) | (above > value))
        raw, value = np.where(better, cosine, raw), np.where(better, above, value)
    return Values(raw.astype(np.float32), value.astype(np.float32))
