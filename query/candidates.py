"""The first round trip: one search that brings every product worth scoring, with raw scores.

Its own order is a first pass: the calibrated sum of the lexical leg and the vector legs, computed by
the engine. What is ranked afterwards is the first `depth` products of that order, so that no score
depends on the page that is asked for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from mappings.catalogue import Catalogue
from mappings.index import ALIVE, ALL, ID, SKETCH
from mappings.sketch import read as read_sketches
from query import legs
from query.corpus import Weighed
from query.legs import Clause, Json, Named
from query.ranking import Floats
from query.segments import Segment
from query.understand.entities.kinds import PROPERTIES
from query.understand.interpretation import Interpretation

# More than the legs together can give.
_FIRST = 10.0
_NOTHING: Json = {"match_none": {}}

# The lexical leg's clauses are called after their fields, and no field begins with a dot.
COVERAGE, TITLE, HEAD, AVOIDED = ".coverage", ".title", ".head", ".avoided"


@dataclass(frozen=True)
class _FirstPass:
    """Weights of the engine's own sum, which only decides what is looked at.

    Attributes:
        lexical: of the lexical leg.
        vector: of the vector legs together.
    """

    lexical: float
    vector: float


FIRST_PASS = _FirstPass(lexical=0.5, vector=0.5)


@dataclass(frozen=True)
class Along:
    """What is brought along with the candidates.

    Attributes:
        fields: with doc values.
        ids: of products that are candidates wherever they stand, if they meet the conditions.
        scored: queries whose scores come back by their names, and count for nothing here.
    """

    fields: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    scored: tuple[Json, ...] = ()


@dataclass(frozen=True)
class Sense:
    """One reading of the query as a vector.

    Attributes:
        vector: float32, shape (dimension,), length 1.
        centred: the same without the products' mean, length 1.
        zero: mean cosine to the products.
        weight: 1 for the most likely reading.
    """

    vector: Floats
    centred: Floats
    zero: float
    weight: float


@dataclass(frozen=True)
class Asked:
    """Everything that is known of a query.

    Attributes:
        query: as understood.
        segments: what the lexical leg searches for.
        clauses: of the lexical leg.
        weighed: its words against the corpus.
        senses: the vectors of its readings; none for a search by words alone.
        named: values that its words name; once candidates are known, those that are meant.
        mean: of the products' vectors, shape (dimension,).
        conditions: filter clauses that every product meets.
        shelf: index field of the category; None without one.
        categories: that the query is about, by share; none before candidates are known.
        unwanted: values that its avoided phrases name, by index field.
        legibility: how much of what it asks for the encoder can read, 0 to 1.
    """

    query: Interpretation
    segments: tuple[Segment, ...]
    clauses: tuple[Clause, ...]
    weighed: Weighed
    senses: tuple[Sense, ...]
    named: tuple[Named, ...]
    mean: Floats
    conditions: tuple[Json, ...]
    shelf: str | None = None
    categories: Mapping[str, float] = field(default_factory=dict)
    unwanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    legibility: float = 1.0


@dataclass(frozen=True)
class Candidates:
    """What the engine found. N products in the order of the first pass.

    Attributes:
        ids: N.
        named: raw score of each named clause, float32 (N,); 0 where it does not match.
        sketches: of the vectors without the products' mean, float32 (N, dimension), length 1;
            zeros for a product without.
        cosines: of the sketches to the query's vector, float32 (N,); of several readings the one
            that suits a product best counts, at its weight. NaN for a product without a sketch,
            and for all where the query has no vector.
        categories: N, as doc values: a list, None where absent.
        fields: values of the doc-value fields that were asked for, each N long, None where absent.
        total: products with any of the words, and those that only a vector leg found.
        relation: `eq` when `total` is exact.
        aggregations: as the engine gave them.
    """

    ids: tuple[str, ...]
    named: Mapping[str, Floats]
    sketches: Floats
    cosines: Floats
    categories: Sequence[Any]
    fields: Mapping[str, Sequence[Any]]
    total: int
    relation: Literal["eq", "gte"]
    aggregations: Mapping[str, Any] = field(default_factory=dict)

    def score(self, name: str) -> Floats:
        """Return a clause's raw scores; zeros when it was not asked."""
        found = self.named.get(name)
        return np.zeros(len(self.ids), np.float32) if found is None else found


def body(
    asked: Asked,
    catalogue: Catalogue,
    depth: int,
    along: Along | None = None,
) -> Json:
    """Return the search that brings the candidates.

    Args:
        asked: the query.
        catalogue: names the title and the vector fields.
        depth: products that are brought.
        along: what later stages need, nothing when left out.
    """
    along = along or Along()
    found = _found(asked, catalogue, depth)
    shelves = [asked.shelf] if asked.shelf else []
    if along.ids:
        found.append({"constant_score": {"filter": legs.among(along.ids), "boost": _FIRST}})
    search: Json = {
        "size": depth,
        "stored_fields": "_none_",
        "docvalue_fields": list(dict.fromkeys([ID, SKETCH, *shelves, *along.fields])),
        "query": {
            "bool": {
                "filter": [ALIVE, *asked.conditions],
                "must": [{"bool": {"should": found or [_NOTHING], "minimum_should_match": 1}}],
            }
        },
    }
    if scored := [*_scored(asked, catalogue), *along.scored]:
        # Named scores are computed for the hits alone, wherever their queries stand. Here, where no
        # score is wanted, the optional ones are not run on what is no hit.
        search["post_filter"] = {"bool": {"filter": [{"match_all": {}}], "should": scored}}
    return search


def _found(asked: Asked, catalogue: Catalogue, depth: int) -> list[Json]:
    """Return what any leg finds, scored by the first pass."""
    found: list[Json] = []
    if asked.segments and asked.clauses:
        weight = FIRST_PASS.lexical / (asked.weighed.highest or 1.0)
        leg = legs.lexical(asked.segments, asked.clauses, named=True)
        found.append({"bool": {"should": [leg], "boost": weight}})
    share = FIRST_PASS.vector / max(1, len(catalogue.vectors))
    for sense in asked.senses:
        for name in catalogue.vectors:
            leg = legs.nearest(name, sense.vector, depth, asked.conditions)
            weight = share * sense.weight
            found.append(legs.calibrated(leg, catalogue.knn.space, sense.zero, weight))
    return found


def _scored(asked: Asked, catalogue: Catalogue) -> list[Json]:
    """Return what finds nothing; its scores come back by name."""
    scored: list[Json] = []
    slots, title = asked.weighed.slots, catalogue.title
    if slots and asked.clauses:
        scored.append(legs.covered(ALL, slots, COVERAGE))
        scored.append(legs.covered(title, slots, TITLE))
        scored.append(legs.covered(f"{title}.head", slots, HEAD))
    if asked.query.avoided:
        scored.append(legs.avoiding(title, asked.query.avoided, asked.unwanted, AVOIDED))
    if asked.named:
        scored += [legs.having(one) for one in asked.named]
        scored += [legs.saying(one, title) for one in asked.named if one.kind in PROPERTIES]
    return scored


def read(answer: Json, asked: Asked, fields: Sequence[str] = ()) -> Candidates:
    """Read the engine's answer to `body`.

    Args:
        answer: with named scores.
        asked: the query.
        fields: that were asked for.
    """
    hits = answer["hits"]["hits"]
    matched = [hit.get("matched_queries") or {} for hit in hits]
    values = [hit["fields"] for hit in hits]
    names = {name for scores in matched for name in scores}
    total, mean = answer["hits"]["total"], asked.mean
    kept = [_one(found, SKETCH) for found in values]
    sketches = centred(read_sketches(kept, len(mean)), mean)
    return Candidates(
        ids=tuple(found[ID][0] for found in values),
        named={
            name: np.array([scores.get(name, 0.0) for scores in matched], np.float32)
            for name in names
        },
        sketches=sketches,
        cosines=cosines(sketches, asked.senses),
        categories=[found.get(asked.shelf) if asked.shelf else None for found in values],
        fields={name: [found.get(name) for found in values] for name in fields},
        total=total["value"],
        relation=total["relation"],
        aggregations=answer.get("aggregations", {}),
    )


def cosines(sketches: Floats, senses: Iterable[Sense]) -> Floats:
    """Return how close products are to a query, (N,); see `Candidates.cosines`.

    Args:
        sketches: centred, float32 (N, dimension).
        senses: of the query.
    """
    there = sketches.any(axis=1)
    best = np.full(len(sketches), np.nan, np.float32)
    for sense in senses:
        cosine = np.where(there, sketches @ sense.centred * np.float32(sense.weight), np.nan)
        best = np.fmax(best, cosine).astype(np.float32)
    return best


def centred(vectors: Floats, mean: Floats) -> Floats:
    """Return vectors without the mean, length 1; zeros stay.

    What all products have in common says nothing about one: without it cosines spread out.
    Mu, Bhat and Viswanath (2018), All-but-the-Top.

    Args:
        vectors: float32 (N, dimension).
        mean: of the products, float32 (dimension,).
    """
    moved: Floats = vectors - mean
    moved[_squares(vectors) == 0] = 0
    moved /= np.maximum(np.sqrt(_squares(moved)), np.float32(1e-9))[:, None]
    return moved


def _squares(vectors: Floats) -> Floats:
    """Return the squared length of each vector, (N,): a fifth of the time of numpy's norm."""
    squares: Floats = np.einsum("ij,ij->i", vectors, vectors)
    return squares


def _one(found: Mapping[str, Sequence[Any]], name: str) -> Any:
    values = found.get(name)
    return values[0] if values else None
