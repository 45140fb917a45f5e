"""Legs whose scores are calibrated against the corpus."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from query.fuse.convex import Calibrated
from query.fuse.weights import COVERAGE, LEXICAL
from query.legs import covered, fielded_clauses, filtered, lexical, nearest, similarity
from query.systems.reader import Json, Reader


@dataclass(frozen=True)
class Leg:
    """One term of a blend, and how it is asked for.

    Attributes:
        find: brings the leg's own best candidates; None for a term that only scores.
        term: scores any candidate.
        names: under which the parts of its score come back.
    """

    find: Json | None
    term: Calibrated
    names: tuple[str, ...]

    def raw(self, scores: Mapping[str, float]) -> float | None:
        """Return the raw score from a hit's named scores."""
        there = [scores[name] for name in self.names if name in scores]
        if self.term.field and not there:
            return None
        return sum(there) - self.term.shift


def lexical_legs(
    reader: Reader, text: str, weights: Mapping[str, float], conditions: Sequence[Json]
) -> tuple[Leg, Leg]:
    """Return the lexical leg and coverage.

    Lexical: 0 is no word, 1 every word at its most. Coverage: the idf share of the query's words
    that stand anywhere in the product, however often: it tells the product that has all of them
    from the one that repeats the rarest.
    """
    clauses = fielded_clauses(reader.catalogue)
    weighed = reader.corpus.weigh(text, clauses)
    query, highest = lexical(text, clauses, named=True), weighed.highest or math.inf
    term = Calibrated(LEXICAL, weights[LEXICAL], zero=0.0, one=highest, query=query)
    find = filtered(lexical(text, clauses), conditions)
    return (
        Leg(find, term, tuple(clause.field for clause in clauses)),
        _coverage(weighed.shares, weights[COVERAGE]),
    )


def _coverage(shares: Mapping[str, float], weight: float) -> Leg:
    names = tuple(f"{COVERAGE}.{number}" for number in range(len(shares)))
    query = covered(shares, names)
    return Leg(None, Calibrated(COVERAGE, weight, zero=0.0, one=1.0, query=query), names)


def vector_legs(
    reader: Reader, text: str, weights: Mapping[str, float], conditions: Sequence[Json]
) -> list[Leg]:
    """Return a leg per vector field: 0 is the corpus' mean cosine, 1 the same direction."""
    vector = reader.encoder.vector(text)
    depth = reader.settings.candidates
    return [
        Leg(
            nearest(field, vector, depth, conditions),
            Calibrated(
                name=field,
                weight=weights[field],
                zero=reader.corpus.mean_cosine(field, vector),
                one=1.0,
                query=similarity(field, vector),
                shift=1.0,
                field=field,
            ),
            (field,),
        )
        for field in reader.catalogue.vectors
    ]
