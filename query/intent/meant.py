"""Whether a value that a query's words name is meant: the nearest products vote on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from query.candidates import Candidates
from query.legs import Named
from query.ranking import Floats
from query.understand.entities.kinds import MODEL, PROPERTIES
from query.understand.entities.matcher import SURE
from query.understand.entities.step import GAIN, UNSURE, Entities
from query.understand.interpretation import Finding, Interpretation

# What the catalogue's titles make likely has to be a quarter of the nearest products', what they
# leave open half of them.
_CONFIRMED, _DECIDED = 0.25, 0.5
# The nearest bottles need not be black, for an encoder hardly reads what a thing is like: a tenth
# will do, where at least half of those that say "black" are; most that say "green tea" are not green.
_SEEN, _TRUE = 0.1, 0.5


@dataclass(frozen=True)
class Support:
    """What the nearest products say about a value, as shares of the vote.

    Attributes:
        have: of those that have it.
        say: of those whose title has its words.
        both: of those of which both is true.
    """

    have: float
    say: float = 0.0
    both: float = 0.0


def supports(named: Iterable[Named], found: Candidates, votes: Floats) -> dict[str, Support]:
    """Return what the nearest products say about each named value, by clause."""
    return {one.clause: _support(one, found, votes) for one in named}


def meant(named: Iterable[Named], support: Mapping[str, Support]) -> tuple[Named, ...]:
    """Return the values that are meant.

    Args:
        named: surely or perhaps.
        support: by clause; without an entry for a value the titles' word alone holds.
    """
    return tuple(one for one in named if _is_meant(one, support.get(one.clause)))


def told(
    query: Interpretation,
    named: Iterable[Named],
    kept: Iterable[Named],
    support: Mapping[str, Support],
) -> Interpretation:
    """Return the query with the values that are meant, and what became of each in its evidence."""
    places = {(one.start, one.end, one.kind): one.clause for one in named}
    clauses = {one.clause for one in kept}

    def decided(found: Finding) -> Finding:
        clause = places.get((found.start, found.end, found.kind.removeprefix(UNSURE)))
        if clause is None or found.step != Entities.name or found.effect not in {"", GAIN}:
            return found
        return _decided(found, clause in clauses, support.get(clause))

    return replace(
        query,
        entities=tuple(
            one
            for one in query.entities
            if places.get((one.start, one.end, one.kind), "") in {"", *clauses}
        ),
        findings=tuple(map(decided, query.findings)),
    )


def _support(one: Named, found: Candidates, votes: Floats) -> Support:
    have, say = found.score(one.clause) > 0, found.score(one.said) > 0
    return Support(*(float(votes[rows].sum()) for rows in (have, say, have & say)))


def _is_meant(one: Named, support: Support | None) -> bool:
    sure = one.confidence >= SURE
    if support is None or one.kind == MODEL:
        return sure
    if support.have >= (_CONFIRMED if sure else _DECIDED):
        return True
    seen = support.have >= _SEEN and support.both >= _TRUE * support.say
    return sure and seen and one.kind in PROPERTIES


def _decided(found: Finding, is_meant: bool, support: Support | None) -> Finding:
    kind = found.kind.removeprefix(UNSURE)
    near = "" if support is None else f"; {support.have:.0%} of the nearest products have it"
    return replace(
        found,
        kind=kind if is_meant else UNSURE + kind,
        source=found.source + near,
        effect=GAIN if is_meant else "",
    )
