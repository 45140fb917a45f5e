"""How well the product's categories fit those that the query is about."""

from query.candidates import Asked, Candidates
from query.intent.category import fits
from query.terms.term import Values


def category(asked: Asked, found: Candidates) -> Values:
    """Return the mean share of the product's categories in the vote of the nearest products."""
    raw = fits(found.categories, asked.categories)
    return Values(raw, raw)
