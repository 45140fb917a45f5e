"""What the query names: things it does not want, and values of the catalogue that it does."""

from query.candidates import AVOIDED, NAMED, Asked, Candidates
from query.terms.term import Values


def avoided(asked: Asked, found: Candidates) -> Values:
    """Return the share of unwanted phrases that the title has."""
    raw = found.score(AVOIDED)
    return Values(raw, raw)


def entities(asked: Asked, found: Candidates) -> Values:
    """Return the share of the named values (brand, colour, …) that the product has."""
    raw = found.score(NAMED)
    return Values(raw, raw)
