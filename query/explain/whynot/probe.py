"""Questions to the engine about one product: is it there, what does it meet, who is ahead of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from query import candidates, legs
from query.candidates import FIRST_PASS, Asked
from query.engine import Engine
from query.legs import Json
from query.systems.reader import Reader

# Scores of the same product differ by rounding from one search to the next.
_ABOVE = 1.00001


@dataclass(frozen=True)
class Standing:
    """A product's place on one leg, among all that meet the conditions.

    Attributes:
        name: of the leg.
        score: BM25 in the engine's units, or a cosine; None when the leg does not know it.
        rank: from 1; None likewise.
    """

    name: str
    score: float | None
    rank: int | None


@dataclass(frozen=True)
class First:
    """The first pass, which decides what becomes a candidate.

    Attributes:
        words: the product's part from its words.
        vectors: its part from each vector leg; 0 beyond the nearest that a leg brings.
        last: score of the last candidate; 0 when there are fewer than the depth.
        depth: candidates at most.
    """

    words: float
    vectors: Mapping[str, float]
    last: float
    depth: int

    @property
    def score(self) -> float:
        """The product's score in the first pass."""
        return self.words + sum(self.vectors.values())


def meets(engine: Engine, id_: str, clauses: Sequence[Json], text: str) -> list[bool] | None:
    """Return which conditions a visible product meets; None when no search can see it.

    Args:
        engine: asks the index.
        id_: of the product.
        clauses: the conditions.
        text: the query.
    """
    named = [
        {"bool": {"filter": [clause], "_name": str(number)}}
        for number, clause in enumerate(clauses)
    ]
    query = legs.filtered({"bool": {"filter": [legs.among([id_])], "should": named}}, [])
    found = engine.search({"size": 1, "_source": False, "query": query}, text, named=True)
    if not found["hits"]["hits"]:
        return None
    matched = found["hits"]["hits"][0].get("matched_queries") or {}
    return [str(number) in matched for number in range(len(clauses))]


def by_words(reader: Reader, asked: Asked, id_: str) -> Standing:
    """Return the product's place on the lexical leg."""
    if not asked.segments:
        return Standing("lexical", None, None)
    return _standing(reader, asked, "lexical", legs.lexical(asked.segments, asked.clauses), id_)


def by_vector(reader: Reader, asked: Asked, field: str, id_: str) -> Standing:
    """Return the product's exact place by one vector, for the query's first reading.

    A query that the model cannot read has none: no vector leg takes part.
    """
    if not asked.senses:
        return Standing(field, None, None)
    leg = legs.exactly(field, {field: asked.senses[0].vector})
    found = _standing(reader, asked, field, leg, id_)
    # The engine scores a cosine plus one: scores cannot be negative.
    return found if found.score is None else replace(found, score=found.score - 1.0)


def _standing(reader: Reader, asked: Asked, name: str, leg: Json, id_: str) -> Standing:
    query = legs.filtered(leg, [*asked.conditions, legs.among([id_])])
    body = {"size": 1, "_source": False, "query": query}
    hits = reader.engine.search(body, asked.query.text)["hits"]["hits"]
    if not hits:
        return Standing(name, None, None)
    score = float(hits[0]["_score"])
    everyone = legs.filtered(leg, asked.conditions)
    ahead = reader.engine.scoring(
        everyone, math.nextafter(score * _ABOVE, math.inf), asked.query.text
    )
    return Standing(name, score, ahead + 1)


def first_pass(reader: Reader, asked: Asked, standings: Sequence[Standing], id_: str) -> First:
    """Return how the product does in the first pass.

    Args:
        reader: the open index.
        asked: the query.
        standings: of the product by each vector.
        id_: of the product.
    """
    depth = reader.settings.candidates
    alone = replace(asked, senses=(), conditions=(*asked.conditions, legs.among([id_])))
    words = _scores(reader, alone, 1) if asked.segments else []
    everyone = _scores(reader, asked, depth)
    share = FIRST_PASS.vector / len(reader.catalogue.vectors)
    vectors = {one.name: share * _brought(asked, one, depth) for one in standings}
    last = everyone[-1] if len(everyone) == depth else 0.0
    return First(words[0] if words else 0.0, vectors, last, depth)


def _brought(asked: Asked, one: Standing, depth: int) -> float:
    """Return what a vector leg gives a product, 0 to 1; 0 beyond the nearest that it brings."""
    if one.score is None or one.rank is None or one.rank > depth:
        return 0.0
    sense = asked.senses[0]
    return sense.weight * max(0.0, (one.score - sense.zero) / (1.0 - sense.zero))


def _scores(reader: Reader, asked: Asked, depth: int) -> list[float]:
    body = candidates.body(asked, reader.catalogue, depth)
    found = reader.engine.search(body, asked.query.text)["hits"]["hits"]
    return [float(hit["_score"]) for hit in found]
