"""What weights are learned from: the rankings of judged queries, as evidence shows them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from query.ranking import Floats, Ranking

CUTOFF = 10

# Answers a query with all its candidates, as `Searcher.rank` does.
Rank = Callable[[str], Ranking]


@dataclass(frozen=True)
class Judged:
    """One judged query. N candidates, T terms.

    Attributes:
        id: of the query.
        text: of the query.
        ids: of the candidates, ascending: of equal scores the first is ranked first.
        values: float32 (N, T), calibrated, times the share of its weight that the search gave each
            term: less than all where the encoder cannot read the query.
        grades: float32 (N,), 0 and up; 0 where nobody judged.
        ideal: the best grades of all judged products, found or not, descending, at most 10.
        slices: what it has in common with other queries, by dimension: `{"length": "2 words"}`.
    """

    id: str
    text: str
    ids: tuple[str, ...]
    values: Floats
    grades: Floats
    ideal: tuple[float, ...]
    slices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Features:
    """The judged queries of one catalogue.

    Attributes:
        catalogue: name of its index.
        encoder: fingerprint of the model its vectors come from.
        terms: names of the terms, T.
        first_pass: weights of the score that the terms of the second pass were computed from.
        queries: at least one.
        judgments: products with a grade, over all queries.
    """

    catalogue: str
    encoder: str
    terms: tuple[str, ...]
    first_pass: Mapping[str, float]
    queries: tuple[Judged, ...]
    judgments: int

    def ordered(self, terms: Sequence[str]) -> "Features":
        """Return the features with these terms in this order; a term it lacks is 0 everywhere."""
        columns = {name: column for column, name in enumerate(self.terms)}

        def values(judged: Judged) -> Floats:
            found = np.zeros((len(judged.ids), len(terms)), np.float32)
            for place, name in enumerate(terms):
                if name in columns:
                    found[:, place] = judged.values[:, columns[name]]
            return found

        queries = tuple(replace(judged, values=values(judged)) for judged in self.queries)
        return replace(self, terms=tuple(terms), queries=queries)


def judged(
    query_id: str,
    text: str,
    ranking: Ranking,
    grades: Mapping[str, int],
    weights: Mapping[str, float],
) -> Judged:
    """Return one query's features.

    Args:
        query_id: of the query.
        text: of the query.
        ranking: all its candidates.
        grades: of all judged products by id, one above 0 at least.
        weights: of the model that the search ranked by.
    """
    rows = sorted(range(len(ranking.ids)), key=ranking.ids.__getitem__)
    ids = tuple(ranking.ids[row] for row in rows)
    return Judged(
        id=query_id,
        text=text,
        ids=ids,
        values=ranking.values[rows] * _given(ranking, weights),
        grades=np.array([grades.get(id_, 0) for id_ in ids], np.float32),
        ideal=tuple(sorted(map(float, grades.values()), reverse=True)[:CUTOFF]),
    )


def _given(ranking: Ranking, weights: Mapping[str, float]) -> Floats:
    """Return the share of the model's weights that a search gave its terms, (T,)."""
    pairs = zip(ranking.terms, ranking.weights.tolist(), strict=True)
    shares = [given / weights[name] if weights.get(name) else 1.0 for name, given in pairs]
    return np.array(shares, np.float32)


def collect(
    rank: Rank,
    queries: Mapping[str, str],
    grades: Mapping[str, Mapping[str, int]],
    weights: Mapping[str, float],
    advance: Callable[[int], None] = lambda done: None,  # noqa: ARG005 - nobody watches
) -> tuple[tuple[str, ...], tuple[Judged, ...]]:
    """Ask every judged query; return the terms' names and the queries' features.

    Args:
        rank: answers a query.
        queries: text by id, at least one.
        grades: product id → grade, by query id.
        weights: of the model that `rank` ranks by.
        advance: told the number of queries that are done.

    Raises:
        ConnectorError: what `rank` raises.
    """
    terms: tuple[str, ...] = ()
    found = []
    for done, (query_id, text) in enumerate(queries.items(), 1):
        ranking = rank(text)
        terms = ranking.terms
        found.append(judged(query_id, text, ranking, grades[query_id], weights))
        advance(done)
    return terms, tuple(found)
