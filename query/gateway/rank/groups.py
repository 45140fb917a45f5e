"""Hits collapsed by a field: the best of each value, and what follows when those are done."""

from collections.abc import Iterable, Sequence
from typing import Any

from query.gateway.rank.page import below
from query.legs import among
from query.ranking import Ranking

Json = dict[str, Any]

# Above every score that a query gives.
_FIRST = 1e9


def best_of_each(ranking: Ranking, field: str) -> Ranking:
    """Return the ranking with the best product of each value; those without one are one group."""
    seen: set[Any] = set()
    kept = []
    for row, value in enumerate(values(ranking, field)):
        if value not in seen:
            seen.add(value)
            kept.append(row)
    return ranking.take(kept)


def scored(hit: Json, names: Iterable[str], score: float) -> Json:
    """Return the best of a group with its members' scores: its own, and for others what is below.

    Args:
        hit: as the cluster gave it.
        names: of the inner hits that are its group.
        score: of the hit.
    """
    inner = dict(hit.get("inner_hits", {}))
    for name in inner.keys() & set(names):
        found = inner[name]["hits"]
        members = [_member(hit["_id"], one, score) for one in found["hits"]]
        best = None if found["max_score"] is None else members[0]["_score"]
        inner[name] = {"hits": {**found, "max_score": best, "hits": members}}
    return {**hit, "inner_hits": inner} if inner else hit


def _member(id_: str, member: Json, score: float) -> Json:
    if member["_score"] is None:
        return member
    return {**member, "_score": score if member["_id"] == id_ else below(score, member["_score"])}


def values(ranking: Ranking, field: str) -> list[Any]:
    """Return the first value of each product, None where it has none."""
    return [cell[0] if cell else None for cell in ranking.fields[field]]


def heads(query: Json, ids: Sequence[str], found: Sequence[str]) -> Json:
    """Return a query whose best hits are these, and whose groups are whole.

    Args:
        query: the client's own.
        ids: of the best of each group.
        found: ids of all candidates.
    """
    members = {"bool": {"should": [query, among(found)], "minimum_should_match": 1}}
    first = {"constant_score": {"filter": among(ids), "boost": _FIRST}}
    return {"bool": {"must": [members], "should": [first]}}


def found_in(ranking: Ranking, field: str) -> list[Json]:
    """Return what finds the groups that a ranking has already."""
    found = list(dict.fromkeys(values(ranking, field)))
    clauses: list[Json] = [{"terms": {field: [value for value in found if value is not None]}}]
    if None in found:
        clauses.append({"bool": {"must_not": [{"exists": {"field": field}}]}})
    return clauses
