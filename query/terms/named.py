"""What the query names: things it does not want, and values of the catalogue that it does."""

import numpy as np

from query.candidates import AVOIDED, Asked, Candidates
from query.terms.term import Values


def avoided(asked: Asked, found: Candidates) -> Values:
    """Return the share of unwanted phrases that the title has."""
    raw = found.score(AVOIDED)
    return Values(raw, raw)


def entities(asked: Asked, found: Candidates) -> Values:
    """Return the share of the meant values (brand, colour, …) that the product has."""
    raw = np.zeros(len(found.ids), np.float32)
    for one in asked.named:
        raw += np.float32(one.confidence / len(asked.named)) * (found.score(one.clause) > 0)
    return Values(raw, raw)
