"""BM25 over the query's own maximum: 0 is no word, 1 every word at its most."""

import numpy as np

from mappings.index import ALL
from query.candidates import Asked, Candidates
from query.terms.term import Values


def lexical(asked: Asked, found: Candidates) -> Values:
    """Return the four-part lexical leg: all text, title, the title's pairs and its 4-grams."""
    raw = np.zeros(len(found.ids), np.float32)
    for clause in asked.clauses:
        raw += found.score(clause.field)
    return Values(raw, raw / np.float32(asked.weighed.highest or np.inf))


def words(asked: Asked, found: Candidates) -> Values:
    """Return the words of all searched text alone: what is asked for may stand anywhere."""
    raw = found.score(ALL)
    return Values(raw, raw / np.float32(asked.weighed.highest or np.inf))
