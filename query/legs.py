"""The legs of a search as query bodies: pure functions of a query, its vectors and a catalogue.

User text stands in these bodies only as the value of `match` clauses and of filter terms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mappings.catalogue import Catalogue
from mappings.index import ALIVE, ALL
from query.segments import Segment
from query.understand.interpretation import PriceRange

if TYPE_CHECKING:
    from connector.encoder import Vectors

Json = dict[str, Any]

# How a cosine is read from a nearest-neighbour score, by space; the sources are constants.
# https://docs.opensearch.org/latest/mappings/supported-field-types/knn-spaces/
_COSINE = {
    "cosinesimil": "2.0 * _score - 1.0",
    "innerproduct": "(_score >= 1.0 ? _score - 1.0 : 1.0 - 1.0 / _score)",
    "l2": "1.0 - (1.0 / _score - 1.0) / 2.0",
}
# How a title says that it lacks something.
_DENIALS = ("{} free", "free of {}", "without {}", "no {}", "non {}", "{} less", "无{}", "不含{}")
_ABOVE = "Math.max(0.0, ({cosine} - params.zero) * params.slope)"


@dataclass(frozen=True)
class Clause:
    """One part of the lexical leg: a `match` on one field; its score comes back by that name.

    Attributes:
        field: of the index.
        boost: factor on its BM25.
        words: whether its terms are the query's words; they alone make the query's maximum,
            what pieces and pairs of words score comes on top.
    """

    field: str
    boost: float
    words: bool = True


def bm25_clauses(catalogue: Catalogue) -> tuple[Clause, ...]:
    """Return the best plain BM25: `most_fields` over `all` and title^.5.

    `all` counts every searched field once; a field whose catalogue weight is above 1 has a clause
    of its own, at half of what is above. The title always has one, as if its weight were 2 or more.
    """
    title = catalogue.title
    above = {
        name: spec.weight - 1
        for name, spec in catalogue.fields.items()
        if spec.searched and spec.weight > 1
    }
    above = {title: max(1.0, above.pop(title, 1.0)), **above}
    return Clause(ALL, 1.0), *(Clause(name, 0.5 * more) for name, more in above.items())


def four_part(catalogue: Catalogue) -> tuple[Clause, ...]:
    """Return the lexical leg of the hybrid: the best BM25, and the title's pairs and 4-grams.

    Pairs of neighbouring words tell phrases; character 4-grams bridge misspelled and joined words.
    """
    title = catalogue.title
    return (
        *bm25_clauses(catalogue),
        Clause(f"{title}.shingles", 0.3, words=False),
        Clause(f"{title}.grams", 0.2, words=False),
    )


def matching(field: str, segments: Sequence[Segment], boost: float = 1.0) -> Json:
    """Return what matches the query's segments in one field; scores of segments add up.

    Of a segment's spellings the one that scores best counts, each at its weight; of another
    spelling all words must be there, or "6 feet" for 6ft would find every foot.
    """
    matches = []
    for segment in segments:
        spellings = [_match(field, segment.text, 1.0, "or")]
        spellings += [_match(field, text, weight, "and") for text, weight in segment.spellings[1:]]
        matches.append(spellings[0] if len(spellings) == 1 else {"dis_max": {"queries": spellings}})
    return {"bool": {"should": matches, "boost": boost}}


def _match(field: str, text: str, boost: float, operator: str) -> Json:
    return {"match": {field: {"query": text, "boost": boost, "operator": operator}}}


def lexical(segments: Sequence[Segment], clauses: Sequence[Clause], *, named: bool = False) -> Json:
    """Return the lexical leg: a product matches when any clause does; scores add up.

    Args:
        segments: of the query.
        clauses: its parts, at their boosts.
        named: return each part's score, without its boost, under its field's name.
    """
    parts = []
    for clause in clauses:
        part = matching(clause.field, segments, clause.boost)
        if named:
            part["bool"]["_name"] = clause.field
        parts.append(part)
    return {"bool": {"should": parts, "minimum_should_match": 1}}


@dataclass(frozen=True)
class Slot:
    """A place in the query that a product fills, or does not.

    Attributes:
        terms: as the index spells them, each with its share of the query's idf.
        others: further spellings of the place, as text, each with its weight.
    """

    terms: tuple[tuple[str, float], ...]
    others: tuple[tuple[str, float], ...] = ()

    @property
    def share(self) -> float:
        """Share of the query's idf that the place has."""
        return sum(share for _, share in self.terms)


def covered(field: str, slots: Sequence[Slot], name: str) -> Json:
    """Return a query whose score is the share of the query's words that a field has, 0 to 1.

    Args:
        field: of the index, analysed as `all` is.
        slots: the query's words.
        name: under which the score comes back.
    """
    words: list[Json] = []
    for slot in slots:
        whole = [_constant(_term(field, term), share) for term, share in slot.terms]
        others = [
            _constant(every(field, text), slot.share * weight) for text, weight in slot.others
        ]
        words += (
            [{"dis_max": {"queries": [{"bool": {"should": whole}}, *others]}}] if others else whole
        )
    return {"bool": {"should": words, "_name": name}}


def _term(field: str, term: str) -> Json:
    """Return a match of a term that is analysed already."""
    return {"match": {field: {"query": term, "analyzer": "keyword"}}}


def _constant(query: Json, score: float) -> Json:
    return {"constant_score": {"filter": query, "boost": score}}


def avoiding(
    title: str, phrases: Sequence[str], values: Mapping[str, Sequence[str]], name: str
) -> Json:
    """Return what finds products whose title has something unwanted, unless it says "free of" it.

    Args:
        title: field of the title; its pairs of words keep the stop words that a denial is made of.
        phrases: what products should not have.
        values: that they should not have either, by index field.
        name: under which 1 comes back for a product with any of these.
    """
    found = [_constant({"terms": {field: list(texts)}}, 1.0) for field, texts in values.items()]
    for phrase in phrases:
        denied = [every(f"{title}.shingles", denial.format(phrase)) for denial in _DENIALS]
        unwanted = {"bool": {"must": every(title, phrase), "must_not": denied}}
        found.append(_constant(unwanted, 1.0))
    return {"bool": {"should": [{"dis_max": {"queries": found}}], "_name": name}}


def every(field: str, text: str) -> Json:
    """Return a match of all terms of a text."""
    return _match(field, text, 1.0, "and")


@dataclass(frozen=True)
class Named:
    """A stretch of the query that names a value of the catalogue, in all its spellings.

    Attributes:
        clause: its name among the clauses.
        kind: of the values, e.g. `brand`.
        start: first character in the query.
        end: one past the last.
        text: the stretch.
        values: exact ones, by index field.
        confidence: 0 to 1, by how the catalogue's titles use the words.
    """

    clause: str
    kind: str
    start: int
    end: int
    text: str
    values: Mapping[str, tuple[str, ...]]
    confidence: float

    @property
    def said(self) -> str:
        """Return the name of the clause that finds titles with the stretch."""
        return f"{self.clause}.said"


def having(named: Named) -> Json:
    """Return what finds products with a value that a query names, in whatever spelling."""
    spellings = [{"terms": {field: list(values)}} for field, values in named.values.items()]
    return {
        "bool": {"should": [_constant({"bool": {"should": spellings}}, 1.0)], "_name": named.clause}
    }


def saying(named: Named, title: str) -> Json:
    """Return what finds products whose title has the words by which a query names a value."""
    return {"bool": {"should": [_constant(every(title, named.text), 1.0)], "_name": named.said}}


def filtered(leg: Json, conditions: Sequence[Json]) -> Json:
    """Return a leg under the request's filters, deleted products left out."""
    return {"bool": {"must": [leg], "filter": [ALIVE, *conditions]}}


def priced(price: PriceRange) -> Json:
    """Return the condition that a product is in a price range, as far as its price is known."""
    outside: list[Json] = []
    if price.low is not None:
        outside.append({"range": {price.field: {"lt": price.low}}})
    if price.high is not None:
        outside.append({"range": {price.field: {"gt": price.high}}})
    return {"bool": {"must_not": outside}}


def nearest(field: str, vector: "Vectors", k: int, conditions: Sequence[Json]) -> Json:
    """Return a vector leg, its vector float32 of shape (dimension,): the k nearest among the products that meet the filters.

    The filters stand inside: outside they would act after the k nearest are found, and leave
    fewer, or none.
    """
    inside = {"bool": {"filter": [ALIVE, *conditions]}}
    return {"knn": {field: {"vector": vector.tolist(), "k": k, "filter": inside}}}


def calibrated(leg: Json, space: str, zero: float, weight: float) -> Json:
    """Return a vector leg whose score is `weight · (cos - zero) / (1 - zero)`, at least 0.

    Args:
        leg: the vector leg.
        space: of its field.
        zero: the cosine that says nothing for a product.
        weight: what the same direction as the query scores.
    """
    source = _ABOVE.format(cosine=_COSINE[space])
    params = {"zero": zero, "slope": weight / (1.0 - zero)}
    return {"script_score": {"query": leg, "script": {"source": source, "params": params}}}


def among(ids: Sequence[str]) -> Json:
    """Return the condition that a product is one of these."""
    return {"ids": {"values": list(ids)}}


def exactly(field: str, vectors: Mapping[str, "Vectors"]) -> Json:
    """Return an exact vector score for every product that has the field: cosine + 1, 0 to 2.

    The script is constant, and computes the same in every engine, space and version:
    https://docs.opensearch.org/latest/vector-search/vector-search-techniques/painless-functions/
    """
    params = {"field": field, "vector": vectors[field].tolist()}
    source = "1.0 + cosineSimilarity(params.vector, doc[params.field])"
    return {
        "script_score": {
            "query": {"exists": {"field": field}},
            "script": {"source": source, "params": params},
            "_name": field,
        }
    }
