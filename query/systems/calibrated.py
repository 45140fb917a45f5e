"""Legs whose scores are calibrated against the corpus."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from query.fuse.convex import Calibrated
from query.fuse.weights import LEXICAL
from query.legs import fielded_clauses, filtered, lexical, nearest, similarity
from query.systems.reader import Json, Reader


@dataclass(frozen=True)
class Leg:
    """One leg of a blend.

    Attributes:
        find: brings the leg's own best candidates.
        term: scores any candidate.
        names: under which the parts of its score come back.
    """

    find: Json
    term: Calibrated
    names: tuple[str, ...]

    def raw(self, scores: Mapping[str, float]) -> float | None:
        """Return the raw score from a hit's named scores."""
        there = [scores[name] for name in self.names if name in scores]
        if self.term.field and not there:
            return None
        return sum(there) - self.term.shift


def lexical_leg(reader: Reader, text: str, weight: float, conditions: Sequence[Json]) -> Leg:
    """Return the lexical leg: 0 is no word, 1 every word at its most."""
    clauses = fielded_clauses(reader.catalogue)
    highest = reader.corpus.highest(text, clauses) or math.inf
    query = lexical(text, clauses, named=True)
    term = Calibrated(LEXICAL, weight, zero=0.0, one=highest, query=query)
    find = filtered(lexical(text, clauses), conditions)
    return Leg(find, term, tuple(clause.field for clause in clauses))


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
