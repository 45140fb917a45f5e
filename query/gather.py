"""From a request to scored candidates: understanding, one search, the terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mappings.catalogue import Catalogue
from query import candidates, legs
from query.candidates import Along, Asked, Candidates, Sense
from query.facets import matches
from query.facets.request import FacetRequest, stored
from query.filters import clauses
from query.intent.category import NAME as CATEGORY
from query.intent.intent import heard
from query.legs import Json, Named
from query.ranking import Floats, Stage, wanted
from query.request import SearchRequest, says_anything
from query.score import BESIDE_BM25, terms_of
from query.segments import segments
from query.terms.term import Values
from query.understand.entities.census import categories_of
from query.understand.interpretation import Entity, Interpretation, understand

if TYPE_CHECKING:
    # The systems gather: at run time the way back would be a circle.
    from query.systems.reader import Reader
    from query.systems.view import View


# The engine takes 1,024 clauses: of a longer text, pairs and pieces of words are not searched for.
_LONG = 100


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
    view: "View",
    conditions: Sequence[Json],
    stages: Sequence[Stage] = (),
    *,
    words: bool = True,
    more: Along | None = None,
) -> Gathered:
    """Understand a request, bring its candidates and compute their terms.

    Args:
        view: the open index, and what is asked of it.
        conditions: the request's filters as clauses.
        stages: that the ranking will go through; what they read is brought along.
        words: whether the lexical leg takes part.
        more: what else is brought along.

    Raises:
        RequestError: a facet that cannot be counted.
    """
    reader, request = view.reader, view.request
    left_out = reader.left_out(request)
    query = understand(request.text, [s for s in reader.steps() if s.name not in left_out])
    asked = prepare(reader, query, conditions, words=words)
    counting = facets_of(request)
    fields = [field for stage in stages for field in stage.fields]
    if request.facets_over == "candidates":
        fields += stored(counting, reader.catalogue).values()
    more = more or Along()
    along = Along(
        fields=tuple(dict.fromkeys((*fields, *more.fields))),
        ids=(*wanted(stages, query.asked), *more.ids),
        scored=more.scored,
    )
    body = candidates.body(asked, reader.catalogue, view.depth, along)
    if counting and request.facets_over == "matches":
        body["aggs"] = _counting(view, asked, counting)
    found = candidates.read(view.search(body), asked, along.fields)
    legibility = reader.encoder.legibility(query.asked)
    weights = {name: 0.0 if name in left_out else weight for name, weight in reader.weights.items()}
    asked = heard(asked, found, legibility, about=bool(weights.get(CATEGORY)))
    values = terms_of(asked, found, reader.first_pass)
    return Gathered(asked, found, values, _legible(weights, legibility))


def facets_of(request: SearchRequest) -> tuple[FacetRequest, ...]:
    """Return what a request wants counted.

    Raises:
        RequestError: a facet has no form of `FIELD` or `FIELD:20,50`.
    """
    return tuple(map(FacetRequest.parse, request.facets))


def _counting(view: "View", asked: Asked, facets: Sequence[FacetRequest]) -> Json:
    """Return what counts facets over the products with any of the words."""
    matching = legs.lexical(asked.segments, asked.clauses) if asked.segments else None
    fixed = understood(asked.query, view.reader.catalogue)
    filters = view.request.filters
    return matches.aggregations(facets, view.reader.catalogue, matching, filters, fixed)


def understood(query: Interpretation, catalogue: Catalogue) -> list[Json]:
    """Return the conditions that understanding added to the request's own."""
    found = clauses(query.filters, catalogue)
    return [*found, legs.priced(query.price)] if query.price else [*found]


def prepare(
    reader: "Reader", query: Interpretation, conditions: Sequence[Json], *, words: bool
) -> Asked:
    """Return everything the engine is asked with, one round trip for words not yet known."""
    stretches = segments(query) if words else ()
    long = len(query.text) > _LONG
    parts = (legs.bm25_clauses if long else legs.four_part)(reader.catalogue)
    return Asked(
        query=query,
        segments=stretches,
        clauses=parts,
        weighed=reader.corpus.weigh(stretches, parts),
        senses=_senses(reader, query, words=words),
        named=_named(reader, query),
        mean=reader.corpus.mean(),
        conditions=(*conditions, *understood(query, reader.catalogue)),
        shelf=_shelf(reader.catalogue),
        unwanted=_values(reader, query.unwanted),
    )


def _shelf(catalogue: Catalogue) -> str | None:
    """Return the index field of the first category."""
    names = categories_of(catalogue)
    return catalogue.filter_field(names[0]) if names else None


def _senses(reader: "Reader", query: Interpretation, *, words: bool) -> tuple[Sense, ...]:
    """Return the vectors of the readings; none of "!!!", nor of what the encoder cannot read.

    What they would find is noise: an emoji would find the same products as any other. A search by
    vectors alone shows what the encoder makes of any words.
    """
    if query.asked and not says_anything(query.asked):
        return ()
    if words and query.asked and not reader.encoder.legibility(query.asked):
        return ()
    readings = query.readings()
    vectors = reader.encoder.means([reading.texts for reading in readings])
    return tuple(
        _sense(reader, vector, reading.weight)
        for vector, reading in zip(vectors, readings, strict=True)
    )


def _sense(reader: "Reader", vector: Floats, weight: float) -> Sense:
    centred = candidates.centred(vector[None, :], reader.corpus.mean())[0]
    return Sense(vector, centred, reader.corpus.mean_cosine(vector), weight)


def _named(reader: "Reader", query: Interpretation) -> tuple[Named, ...]:
    """Return what can be looked up of the entities: spellings of one stretch are one thing."""
    stretches: dict[tuple[int, int, str], list[Entity]] = {}
    for entity in query.entities:
        if reader.catalogue.filter_field(entity.field):
            stretches.setdefault((entity.start, entity.end, entity.kind), []).append(entity)
    return tuple(
        Named(
            clause=f".named.{place}",
            kind=kind,
            start=start,
            end=end,
            text=query.text[start:end],
            values=_values(reader, there),
            confidence=there[0].confidence,
        )
        for place, ((start, end, kind), there) in enumerate(stretches.items())
    )


def _values(reader: "Reader", entities: Sequence[Entity]) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for entity in entities:
        if field := reader.catalogue.filter_field(entity.field):
            values[field] = (*values.get(field, ()), entity.value)
    return values


def _legible(weights: Mapping[str, float], legibility: float) -> dict[str, float]:
    """Return the weights with what stands beside BM25 shrunk as the encoder cannot read the text."""
    return {
        name: weight * legibility if name in BESIDE_BM25 else weight
        for name, weight in weights.items()
    }
