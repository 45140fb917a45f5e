"""The step `readings`: a second sense of a query that names a brand and may mean a thing."""

from dataclasses import replace

from query.understand.english import plain_english
from query.understand.entities.matcher import Matcher, Named
from query.understand.interpretation import Finding, Interpretation, Reading
from query.understand.lexicon import Lexicon

# Below, a sense has no support of its own; above 1 less this, the other one has none.
_LEAST = 0.25
_FEWEST = 3


class Readings:
    """Adds the brand's reading where the whole query is a brand's name and a word, too.

    "apple" is asked as it stands, and as the brand with what it mostly makes. Any further word
    tells the senses apart better than a guess does.
    """

    name = "readings"

    def __init__(self, lexicon: Lexicon) -> None:
        self._matcher = Matcher(lexicon)

    def __call__(self, query: Interpretation) -> Interpretation:
        """Return the query with its second sense, when both have support in the catalogue."""
        for named in self._matcher.matches(query):
            whole = query.text[named.start : named.end] == query.asked
            if whole and named.kind == "brand" and _open(named):
                return _read(query, named)
        return query


def _open(named: Named) -> bool:
    """Return whether titles use a word of plain English for the brand and for something else."""
    value = named.values[0]
    if value.form not in plain_english():
        return False
    others = value.titled - value.both
    both_told = min(value.both, others) >= _FEWEST
    return both_told and _LEAST <= named.confidence <= 1 - _LEAST and bool(value.category)


def _read(query: Interpretation, named: Named) -> Interpretation:
    value = named.values[0]
    text = f"{value.text} {value.category}"
    weight = min(named.confidence / (1 - named.confidence), 1.0)
    finding = Finding(
        Readings.name,
        "second sense",
        query.text[named.start : named.end],
        named.start,
        named.end,
        f"catalogue: {value.both} of {value.titled} titles with these words are of the brand",
        f"also read as {text!r} with weight {weight:.2g}",
    )
    return replace(query.noticed(finding), senses=(*query.senses, Reading((text,), weight)))
