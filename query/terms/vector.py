"""How close the product's vectors are to the query's, both without what all products share."""

import numpy as np

from query.candidates import Asked, Candidates
from query.terms.term import Values


def vector(asked: Asked, found: Candidates) -> Values:
    """Return the cosine of the centred vectors: 0 is as close as any product, 1 the same direction.

    Of several readings of the query the one that suits a product best counts, at its weight.
    """
    there = found.sketches.any(axis=1)
    best = np.full(len(found.ids), np.nan, np.float32)
    for sense in asked.senses:
        cosine = np.where(there, found.sketches @ sense.centred * np.float32(sense.weight), np.nan)
        best = np.fmax(best, cosine).astype(np.float32)
    return Values(best, np.where(np.isnan(best), np.float32(0.0), best))
