"""How much of the query a product has words for, however often: shares of the query's idf."""

from query.candidates import COVERAGE, HEAD, TITLE, Asked, Candidates
from query.terms.term import Values


def coverage(asked: Asked, found: Candidates) -> Values:
    """Return the share that stands anywhere in the product."""
    raw = found.score(COVERAGE)
    return Values(raw, raw)


def title(asked: Asked, found: Candidates) -> Values:
    """Return the share that stands in the title."""
    raw = found.score(TITLE)
    return Values(raw, raw)


def accessory(asked: Asked, found: Candidates) -> Values:
    """Return the share that the title has only after "for", "with" and the like.

    The case for the phone is not the phone.
    """
    raw = found.score(TITLE) - found.score(HEAD)
    return Values(raw, raw)
