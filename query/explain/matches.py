"""Which parts of the query a product has, and in which fields: asked for the hits of one page only.

Each part is one named clause per field; the clauses' scores come back with the hits.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from mappings.catalogue import Catalogue
from mappings.index import ALL
from query import legs
from query.engine import Engine
from query.legs import Clause, Json
from query.request import System
from query.response import Evidence, Hit, Match
from query.segments import segments
from query.understand.interpretation import Interpretation
from query.understand.words import Word, words

Leg = Sequence[Clause]

# The engine takes 1,024 clauses in one query, and a pair of ideographs is three.
_MOST_CLAUSES = 300
# From the first radical on, words are written without spaces.
_IDEOGRAPHS = "\u2e80"


@dataclass(frozen=True)
class Part:
    """A stretch of the query that a product may have.

    Attributes:
        asked: the words in the query.
        found: what stands for them, see `query.response.Match`.
        step: that put it there; empty for the query's own words.
        start: first character in `Interpretation.text`.
        end: one past the last.
        fields: clause by field of the catalogue.
    """

    asked: str
    found: str
    step: str
    start: int
    end: int
    fields: Mapping[str, Json]


def parts(query: Interpretation, catalogue: Catalogue) -> tuple[Part, ...]:
    """Return the query's words, what may stand in their place, and the values it names."""
    fields = [name for name, spec in catalogue.fields.items() if spec.searched]
    found = (*_own(query, fields), *_others(query, fields), *_values(query, catalogue))
    return found[: _MOST_CLAUSES // max(1, len(fields))]


def spoken(engine: Engine, found: Sequence[Part]) -> tuple[Part, ...]:
    """Return the parts without those of the query's own words that the index never has: stop words."""
    own = [part.asked for part in found if not part.step]
    facts = engine.terms([(ALL, text) for text in own]) if own else []
    mute = {text for text, fact in zip(own, facts, strict=True) if not fact.get("terms")}
    return tuple(part for part in found if part.step or part.asked not in mute)


@dataclass(frozen=True)
class Had:
    """What one product has of a query; see `query.response.Evidence`."""

    clauses: Mapping[str, float]
    matches: tuple[Match, ...]
    missing: tuple[str, ...]


def had(
    engine: Engine, catalogue: Catalogue, query: Interpretation, leg: Leg, ids: Sequence[str]
) -> dict[str, Had]:
    """Return what products have of a query, by id, in two round trips.

    Args:
        engine: asks the index.
        catalogue: of the index.
        query: as understood.
        leg: clauses of the lexical leg.
        ids: of the products.
    """
    if not ids:
        return {}
    there = spoken(engine, parts(query, catalogue))
    found = engine.search(body(query, leg, there, ids), query.text, named=True)["hits"]["hits"]
    named = {hit["_id"]: hit.get("matched_queries") or {} for hit in found}
    return {id_: read(there, named.get(id_, {})) for id_ in ids}


def explained(hits: Sequence[Hit], found: Mapping[str, Had]) -> tuple[Hit, ...]:
    """Return the hits with what they have of the query in their evidence."""
    return tuple(replace(hit, evidence=_more(hit.evidence, found[hit.id])) for hit in hits)


def body(query: Interpretation, leg: Leg, there: Sequence[Part], ids: Sequence[str]) -> Json:
    """Return the search that tells what products have of the parts; arguments as `had`."""
    clauses = [
        {"bool": {"must": [clause], "_name": f"{number} {field}"}}
        for number, part in enumerate(there)
        for field, clause in part.fields.items()
    ]
    text = segments(query)
    lexical = [legs.lexical(text, leg, named=True)] if text else []
    return {
        "size": len(ids),
        "_source": False,
        "track_total_hits": False,
        "query": {"bool": {"filter": [legs.among(ids)], "should": [*lexical, *clauses]}},
    }


def read(there: Sequence[Part], named: Mapping[str, float]) -> Had:
    """Return what a product has.

    Args:
        there: the parts.
        named: scores of the clauses that matched.
    """
    scores: dict[int, list[tuple[str, float]]] = {}
    for name, score in named.items():
        number, space, field = name.partition(" ")
        if space:
            scores.setdefault(int(number), []).append((field, score))
    matches = (
        _match(there[number], *one)
        for number in sorted(scores)
        for one in sorted(scores[number], key=lambda one: (-one[1], one[0]))
    )
    return Had(
        clauses={name: score for name, score in named.items() if " " not in name},
        matches=tuple(matches),
        missing=tuple(_missing(there, [there[number] for number in scores])),
    )


def _match(part: Part, field: str, score: float) -> Match:
    # A value is there or not: its clause is a filter, whose score means nothing.
    worth = 0.0 if part.step == "entities" else score
    return Match(part.asked, part.found, part.step, field, worth)


def _more(evidence: Evidence, found: Had) -> Evidence:
    return replace(evidence, clauses=found.clauses, matches=found.matches, missing=found.missing)


def _missing(there: Sequence[Part], found: Sequence[Part]) -> Iterator[str]:
    """Yield the query's own words that are found neither themselves nor in what stands for them."""
    for part in there:
        if not part.step and not any(
            one.start < part.end and part.start < one.end for one in found
        ):
            yield part.asked


def _own(query: Interpretation, fields: Sequence[str]) -> Iterator[Part]:
    seen = set()
    for start, end in _spans(query.text):
        text = query.text[start:end]
        if text not in seen and _wanted(query, start, end):
            seen.add(text)
            yield _part(query, (start, end), text, "", fields)


def _others(query: Interpretation, fields: Sequence[str]) -> Iterator[Part]:
    for one in query.alternatives:
        if _wanted(query, one.start, one.end):
            yield _part(query, (one.start, one.end), one.text, one.step, fields)


def _part(
    query: Interpretation, span: tuple[int, int], found: str, step: str, fields: Iterable[str]
) -> Part:
    start, end = span
    clauses = {field: legs.every(field, found) for field in fields}
    return Part(query.text[start:end], found, step, start, end, clauses)


def _values(query: Interpretation, catalogue: Catalogue) -> Iterator[Part]:
    for one in query.entities:
        field = catalogue.filter_field(one.field)
        if field:
            clause = {"constant_score": {"filter": {"term": {field: one.value}}}}
            asked = query.text[one.start : one.end]
            yield Part(asked, one.value, "entities", one.start, one.end, {one.field: clause})


def _wanted(query: Interpretation, start: int, end: int) -> bool:
    return all(end <= begin or stop <= start for begin, stop in query.removed)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where words stand: between spaces, of a run of ideographs each pair of neighbours."""
    for _, run in groupby(_numbered(text), key=lambda pair: pair[0]):
        found = [word for _, word in run]
        if len(found) == 1:
            yield found[0].start, found[0].end
        for one, other in pairwise(found):
            yield one.start, other.end


def _numbered(text: str) -> Iterator[tuple[int, Word]]:
    """Yield words with the number of their run: ideographs that touch are one."""
    run, end = 0, -1
    for word in words(text):
        alone = text[word.start] >= _IDEOGRAPHS and word.end == word.start + 1
        run += not alone or word.start != end
        end = word.end if alone else -1
        yield run, word


def leg_of(system: System, catalogue: Catalogue) -> Leg:
    """Return the clauses of a system's lexical leg."""
    plain = system in {"bm25", "native"}
    return legs.bm25_clauses(catalogue) if plain else legs.four_part(catalogue)
