"""What scores are calibrated against: how rare words are, and what an average product looks like."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mappings.index import ALIVE
from query.engine import Engine
from query.legs import Clause

if TYPE_CHECKING:
    from connector.encoder import Vectors

Json = dict[str, Any]

# The mean of 256 unit vectors is known to about .005 of a cosine, below what ranking can tell.
_SAMPLE = 256
_SEED = 20
_HIGHEST_MEAN = 0.9


@dataclass(frozen=True)
class Weighed:
    """A text against the corpus.

    Attributes:
        highest: BM25 of a product that holds every word at its most; zero for a text without
            words, as one of stop words only.
        shares: by term as the index spells it, its share of the text's idf.
    """

    highest: float
    shares: Mapping[str, float]


class Corpus:
    """Statistics of one index. Words are looked up per query, mean vectors once."""

    def __init__(self, engine: Engine, vector_fields: Sequence[str]) -> None:
        self._engine = engine
        self._fields = tuple(vector_fields)
        self._means: dict[str, Vectors] | None = None
        self._ceiling = 0.0

    def weigh(self, text: str, clauses: Sequence[Clause]) -> Weighed:
        """Weigh a text's words by how rare they are.

        BM25 of a word approaches idf · c as the word is repeated (c is 1, or k1 + 1 = 2.2 in
        older indices). Words that no product has count as well: they are missed by every
        product.
        Robertson and Zaragoza (2009), The Probabilistic Relevance Framework: BM25 and Beyond.
        """
        words = [clause for clause in clauses if clause.words]
        found = self._engine.terms(text, [clause.field for clause in words])
        total = sum(
            clause.boost * idf_sum(terms) for clause, terms in zip(words, found, strict=True)
        )
        highest = total * self._most_per_idf(words[0].field, found[0]) if total else 0.0
        return Weighed(highest, shares(found[0]))

    def mean_cosine(self, field: str, vector: "Vectors") -> float:
        """Return the mean cosine of a query vector, shape (dimension,), to the corpus.

        At most .9: the mean of a handful of products can be the query itself, and room must be
        left above it.
        """
        mean = self.load().get(field)
        return 0.0 if mean is None else min(float(vector @ mean), _HIGHEST_MEAN)

    def load(self) -> "dict[str, Vectors]":
        """Return the mean vector of each field that has any, read from a sample the first time."""
        if self._means is None:
            self._means = self._sample()
        return self._means

    def _most_per_idf(self, field: str, found: Json) -> float:
        """Return c, read once from the engine's own explanation of one word of one hit."""
        known = [term for term, facts in found.get("terms", {}).items() if facts.get("doc_freq")]
        if not self._ceiling and known:
            # The term as the index spells it; alone, for a repeated word is boosted.
            query = {"match": {field: {"query": known[0], "analyzer": "keyword"}}}
            body = {"size": 1, "_source": False, "explain": True, "query": query}
            hits = self._engine.search(body, known[0])["hits"]["hits"]
            self._ceiling = _factor(hits[0]["_explanation"]) if hits else 0.0
        return self._ceiling or 1.0

    def _sample(self) -> "dict[str, Vectors]":
        import numpy as np

        anywhere = [{"exists": {"field": field}} for field in self._fields]
        query = {"bool": {"filter": [ALIVE], "should": anywhere, "minimum_should_match": 1}}
        random = {"seed": _SEED, "field": "_seq_no"}
        body = {
            "size": _SAMPLE,
            "track_total_hits": False,
            "_source": list(self._fields),
            "query": {"function_score": {"query": query, "random_score": random}},
        }
        sources = [hit["_source"] for hit in self._engine.search(body, "")["hits"]["hits"]]
        rows = {f: [source[f] for source in sources if f in source] for f in self._fields}
        return {
            f: np.array(vectors, np.float32).mean(axis=0) for f, vectors in rows.items() if vectors
        }


def idf_sum(found: Json) -> float:
    """Return the summed idf of a text's positions in one field, as the engine weighs them.

    Args:
        found: `field_statistics` and `terms` of `_termvectors`, with positions; may be empty.
    """
    return sum(weight for _, weight in _positions(found))


def shares(found: Json) -> dict[str, float]:
    """Return each distinct term's share of the text's idf, adding up to 1; see `idf_sum`."""
    weights = dict(_positions(found))
    total = sum(weights.values())
    return {term: weight / total for term, weight in weights.items()}


def _positions(found: Json) -> list[tuple[str, float]]:
    """Return term and idf of each position.

    Terms at one position (a character and the pair it begins) are one to the engine, as frequent
    as the most frequent of them.
    """
    if not found:
        return []
    at: dict[int, tuple[int, str]] = {}
    for term, facts in found["terms"].items():
        for token in facts["tokens"]:
            place = token["position"]
            at[place] = max(at.get(place, (-1, "")), (facts.get("doc_freq", 0), term))
    documents = found["field_statistics"]["doc_count"]
    return [(term, idf(documents, count)) for count, term in at.values()]


def idf(documents: int, frequency: int) -> float:
    """Return BM25's inverse document frequency; statistics may lag, so it stays above zero."""
    rest = max(documents - frequency, 0)
    return math.log1p((rest + 0.5) / (frequency + 0.5))


def _factor(explanation: Json) -> float:
    """Find `boost` in an explanation: older similarities fold k1 + 1 into it, newer leave it out."""
    if explanation["description"].startswith("boost"):
        return float(explanation["value"])
    found = [_factor(detail) for detail in explanation.get("details", [])]
    return max(found, default=1.0)
