"""Whether a value that a query's words name is meant: the nearest products vote on it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from query.candidates import Candidates
from query.legs import Named
from query.ranking import Floats
from query.understand.entities.kinds import MODEL
from query.understand.entities.matcher import SURE
from query.understand.entities.step import GAIN, UNSURE, Entities
from query.understand.interpretation import Finding, Interpretation

# What the catalogue's titles make likely has to be a quarter of the nearest products', what they
# leave open half of them.
_CONFIRMED, _DECIDED = 0.25, 0.5


def supports(named: Iterable[Named], found: Candidates, votes: Floats) -> dict[str, float]:
    """Return the share of the vote that the products with each named value have, by clause."""
    return {one.clause: float(votes[found.score(one.clause) > 0].sum()) for one in named}


def meant(named: Iterable[Named], support: Mapping[str, float]) -> tuple[Named, ...]:
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
    support: Mapping[str, float],
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


def _is_meant(one: Named, support: float | None) -> bool:
    sure = one.confidence >= SURE
    if support is None or one.kind == MODEL:
        return sure
    return support >= (_CONFIRMED if sure else _DECIDED)


def _decided(found: Finding, is_meant: bool, support: float | None) -> Finding:
    kind = found.kind.removeprefix(UNSURE)
    near = "" if support is None else f"; {support:.0%} of the nearest products have it"
    return replace(
        found,
        kind=kind if is_meant else UNSURE + kind,
        source=found.source + near,
        effect=GAIN if is_meant else "",
    )
