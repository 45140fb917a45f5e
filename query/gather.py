"""From a request to scored candidates: understanding, one search, the terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from query import candidates, legs
from query.candidates import Asked, Candidates, FirstPass, Sense
from query.filters import clauses
from query.legs import Json, Named
from query.request import SearchRequest
from query.score import ENCODED, terms_of
from query.segments import segments
from query.terms.term import Values
from query.understand.interpretation import Entity, Interpretation, Reading, understand

if TYPE_CHECKING:
    # The systems gather: at run time the way back would be a circle.
    from query.systems.reader import Reader


@dataclass(frozen=True)
class Gathered:
    """One search up to its terms.

    Attributes:
        asked: what the engine was asked.
        found: what it found.
        values: of every term.
        weights: of the terms in this search; what was left out weighs nothing.
    """

    asked: Asked
    found: Candidates
    values: Mapping[str, Values]
    weights: Mapping[str, float]


def gather(
    reader: "Reader",
    request: SearchRequest,
    conditions: Sequence[Json],
    fields: Sequence[str] = (),
    *,
    words: bool = True,
) -> Gathered:
    """Understand a request, bring its candidates and compute their terms.

    Args:
        reader: the open index.
        request: checked.
        conditions: its filters as clauses.
        fields: with doc values, to bring along.
        words: whether the lexical leg takes part.
    """
    left_out = reader.left_out(request)
    query = understand(request.text, [s for s in reader.steps() if s.name not in left_out])
    asked = prepare(reader, query, conditions, words=words)
    depth = reader.settings.candidates
    body = candidates.body(asked, reader.catalogue, FirstPass(), depth, fields)
    answer = reader.engine.search(body, request.text, named=True)
    found = candidates.read(answer, asked.mean, fields)
    values = terms_of(asked, found, reader.first_pass)
    weights = {name: 0.0 if name in left_out else weight for name, weight in reader.weights.items()}
    return Gathered(asked, found, values, _legible(weights, reader.encoder.legibility(query.asked)))


def prepare(
    reader: "Reader", query: Interpretation, conditions: Sequence[Json], *, words: bool
) -> Asked:
    """Return everything the engine is asked with, one round trip for words not yet known."""
    stretches = segments(query) if words else ()
    parts = legs.four_part(reader.catalogue)
    every = [*conditions, *clauses(query.filters, reader.catalogue)]
    if query.price:
        every.append(legs.priced(query.price))
    return Asked(
        query=query,
        segments=stretches,
        clauses=parts,
        weighed=reader.corpus.weigh(stretches, parts),
        senses=tuple(_sense(reader, reading) for reading in query.readings()),
        named=_named(reader, query.entities),
        mean=reader.corpus.mean(),
        conditions=tuple(every),
    )


def _sense(reader: "Reader", reading: Reading) -> Sense:
    vector = reader.encoder.mean(reading.texts)
    centred = candidates.centred(vector[None, :], reader.corpus.mean())[0]
    return Sense(vector, centred, reader.corpus.mean_cosine(vector), reading.weight)


def _named(reader: "Reader", entities: Sequence[Entity]) -> tuple[Named, ...]:
    """Return what can be looked up of the entities: spellings of one stretch are one thing."""
    stretches: dict[tuple[int, int, str], list[Entity]] = {}
    for entity in entities:
        if reader.catalogue.filter_field(entity.field):
            stretches.setdefault((entity.start, entity.end, entity.kind), []).append(entity)
    return tuple(
        Named(kind, _values(reader, there), there[0].confidence / len(stretches))
        for (_, _, kind), there in stretches.items()
    )


def _values(reader: "Reader", entities: Sequence[Entity]) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for entity in entities:
        field = reader.catalogue.filter_field(entity.field) or entity.field
        values[field] = (*values.get(field, ()), entity.value)
    return values


def _legible(weights: Mapping[str, float], legibility: float) -> dict[str, float]:
    """Return the weights with the encoder's part shrunk as it cannot read the text."""
    return {
        name: weight * legibility if name in ENCODED else weight for name, weight in weights.items()
    }
