"""How close the product's vectors are to the query's, both without what all products share."""

import numpy as np

from query.candidates import Asked, Candidates
from query.terms.term import Values


def vector(asked: Asked, found: Candidates) -> Values:
    """Return the cosine of the centred vectors: 0 is as close as any product, 1 the same direction."""
    raw = found.cosines
    return Values(raw, np.where(np.isnan(raw), np.float32(0.0), raw))
