"""The legs of a search as query bodies: pure functions of a text, a vector and a catalogue.

User text stands in these bodies only as the value of `match` clauses and of filter terms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mappings.catalogue import Catalogue
from mappings.index import ALIVE, ALL

if TYPE_CHECKING:
    from connector.encoder import Vectors

Json = dict[str, Any]

_COSINE = "1.0 + cosineSimilarity(params.vector, doc[params.field])"


@dataclass(frozen=True)
class Clause:
    """One part of the lexical leg: a `match` on one field; its score comes back by that name.

    Attributes:
        field: of the index.
        boost: factor on its BM25.
        words: whether its terms are the query's words; they alone make the query's maximum,
            what pieces of words score comes on top.
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


def fielded_clauses(catalogue: Catalogue) -> tuple[Clause, ...]:
    """Return the lexical leg of the hybrid: BM25 with less of the title, and its 4-grams.

    The vectors weigh the title, too; the character 4-grams bridge misspelled and joined words.
    Measured with the title's pairs of words as well, which added nothing once there are vectors.
    """
    plain, title, *weighted = bm25_clauses(catalogue)
    return (
        plain,
        Clause(title.field, 0.5 * title.boost),
        *weighted,
        Clause(f"{title.field}.grams", 0.1, words=False),
    )


def lexical(text: str, clauses: Sequence[Clause], *, named: bool = False) -> Json:
    """Return the lexical leg: a product matches when any clause does; scores add up."""
    matches: list[Json] = []
    for clause in clauses:
        match: Json = {"query": text, "boost": clause.boost}
        if named:
            match["_name"] = clause.field
        matches.append({"match": {clause.field: match}})
    return {"bool": {"should": matches, "minimum_should_match": 1}}


def covered(shares: Mapping[str, float], names: Sequence[str]) -> Json:
    """Return a query whose score is the share of the query's words that a product has, 0 to 1.

    Args:
        shares: by term of `all`, its share; the terms are analysed already.
        names: under which the terms' scores come back, in the same order.
    """
    words: list[Json] = []
    for name, (term, share) in zip(names, shares.items(), strict=True):
        match = {"match": {ALL: {"query": term, "analyzer": "keyword"}}}
        words.append({"constant_score": {"filter": match, "boost": share, "_name": name}})
    return {"bool": {"should": words}}


def filtered(leg: Json, conditions: Sequence[Json]) -> Json:
    """Return a leg under the request's filters, deleted products left out."""
    return {"bool": {"must": [leg], "filter": [ALIVE, *conditions]}}


def nearest(field: str, vector: "Vectors", k: int, conditions: Sequence[Json]) -> Json:
    """Return a vector leg, its vector float32 of shape (dimension,): the k nearest among the products that meet the filters.

    The filters stand inside: outside they would act after the k nearest are found, and leave
    fewer, or none.
    """
    inside = {"bool": {"filter": [ALIVE, *conditions]}}
    return {"knn": {field: {"vector": vector.tolist(), "k": k, "filter": inside}}}


def similarity(field: str, vector: "Vectors") -> Json:
    """Return an exact vector score for every product that has the field: cosine + 1, 0 to 2.

    The script is constant, and computes the same in every engine, space and version:
    https://docs.opensearch.org/latest/vector-search/vector-search-techniques/painless-functions/
    """
    params = {"field": field, "vector": vector.tolist()}
    return {
        "script_score": {
            "query": {"exists": {"field": field}},
            "script": {"source": _COSINE, "params": params},
            "_name": field,
        }
    }


def among(ids: Sequence[str]) -> Json:
    """Return the condition that a product is one of these."""
    return {"ids": {"values": list(ids)}}
