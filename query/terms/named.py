"""What the query names: things it does not want, and values of the catalogue that it does."""

import numpy as np

from query.candidates import AVOIDED, Asked, Candidates
from query.intent import category
from query.terms.term import Values

# Beside other values a category counts half: it has a term of its own, too.
_CATEGORY = 0.5


def avoided(asked: Asked, found: Candidates) -> Values:
    """Return 1 for a product that has anything unwanted, in its title or as a value."""
    raw = found.score(AVOIDED)
    return Values(raw, raw)


def entities(asked: Asked, found: Candidates) -> Values:
    """Return the share of the meant values (brand, colour, …) that the product has."""
    counts = [_CATEGORY if one.kind == category.NAME else 1.0 for one in asked.named]
    raw = np.zeros(len(found.ids), np.float32)
    for one, count in zip(asked.named, counts, strict=True):
        has = found.score(one.clause) > 0
        raw += np.float32(one.confidence * count / sum(counts)) * has
    return Values(raw, raw)
