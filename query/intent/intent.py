"""The vote of the nearest products, and what it does to a query."""

from dataclasses import replace

from query.candidates import Asked, Candidates
from query.intent.category import finding, shares
from query.intent.meant import meant, supports, told
from query.intent.votes import votes

# Where the encoder reads less of a text than this, what is near says nothing.
_LEGIBLE = 0.5


def heard(asked: Asked, found: Candidates, *, about: bool) -> Asked:
    """Return a query with the values that it means and the categories that it is about.

    Args:
        asked: the query as its words alone tell.
        found: its candidates.
        about: whether its categories are asked for; they are not where they weigh nothing.
    """
    shown = votes(found.cosines) if asked.legibility >= _LEGIBLE else None
    support = {} if shown is None else supports(asked.named, found, shown)
    kept = meant(asked.named, support)
    query = told(asked.query, asked.named, kept, support)
    likely = {} if shown is None or not about else shares(found.categories, shown)
    likely_ones = finding(query.text, likely)
    query = query.noticed(likely_ones) if likely_ones else query
    return replace(asked, query=query, named=kept, categories=likely)
