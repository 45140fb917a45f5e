"""The searches that are sent in place of one: what is counted, the page, what follows the ranking.

Each is the client's own body with another query or size, so that whatever it asks of its hits is
answered by the cluster itself.
"""

from collections.abc import Sequence
from typing import Any

from query.gateway.rank.groups import heads
from query.gateway.recognise.recognised import Recognised
from query.legs import among

Json = dict[str, Any]

# Named clauses of the candidates' search; no field begins with a dot.
OWN, FACTOR = ".own", ".factor"

# Counted once, for the whole search.
_COUNTED = ("aggs", "aggregations", "suggest")
_CONDITIONS = ("post_filter", "min_score")


def counting(asked: Recognised) -> Json | None:
    """Return the search that counts what the client's own query finds; None: nothing is counted."""
    counted = [name for name in _COUNTED if asked.body.get(name)]
    if not counted and asked.counted == 0:
        return None
    kept = ("query", "timeout", "profile", *counted, *_CONDITIONS)
    total: bool | int = True if asked.counted is None else asked.counted or False
    return {**_kept(asked, kept), "size": 0, "track_total_hits": total}


def page(asked: Recognised, ids: Sequence[str], found: Sequence[str]) -> Json:
    """Return the search that brings the hits of a page, in any order.

    The client's query stands beside their ids without finding anything, so that highlights, named
    queries, inner hits and explanations are its own.

    Args:
        asked: the search.
        ids: of the hits.
        found: ids of all candidates, among whom the other members of a hit's group are.
    """
    if (asked.body.get("collapse") or {}).get("inner_hits"):
        query = heads(asked.query, ids, found)
    else:
        query = {"bool": {"filter": [among(ids)], "should": [asked.query]}}
    left_out = (*_COUNTED, *_CONDITIONS, "from", "query", "highlight", "search_after")
    body = {name: value for name, value in asked.body.items() if name not in left_out}
    return {
        **body,
        **_highlight(asked),
        "query": query,
        "size": len(ids),
        "track_total_hits": False,
    }


def following(asked: Recognised, before: Sequence[Json], place: Json) -> Json:
    """Return the search for what the client's own query finds beyond the ranking, in its order.

    Args:
        asked: the search.
        before: what finds the hits that came before.
        place: `size`, and `from` or `search_after` among what follows.
    """
    query = {"bool": {"must": [asked.query], "must_not": list(before)}}
    left_out = (*_COUNTED, "from", "search_after")
    body = {name: value for name, value in asked.body.items() if name not in left_out}
    return {**body, **_highlight(asked), **place, "track_total_hits": False, "query": query}


def scored(asked: Recognised) -> tuple[Json, ...]:
    """Return what is asked of every candidate beside its terms.

    OWN: whether the client's query finds it; FACTOR: what its `function_score`s multiply by.
    """
    queries: list[Json] = []
    if not asked.strict:
        own = {"filter": anonymous(asked.query), "_name": OWN}
        queries.append({"constant_score": own})
    if asked.functions:
        queries.append(_factor(asked.functions))
    return tuple(queries)


def conditions(asked: Recognised) -> list[Json]:
    """Return what every candidate must meet."""
    return [anonymous(clause) for clause in asked.conditions]


def anonymous(clause: Any) -> Any:
    """Return a clause without what it asks to be told about its hits: names and inner hits.

    Candidates are not hits yet, and the names of their clauses are the ranking's.
    """
    if isinstance(clause, list):
        return [anonymous(each) for each in clause]
    if not isinstance(clause, dict):
        return clause
    return {
        name: anonymous(value)
        for name, value in clause.items()
        if name != "inner_hits" and not (name == "_name" and isinstance(value, str))
    }


def _factor(functions: Sequence[Json]) -> Json:
    """Return a query whose score is the product of what each `function_score` multiplies by."""
    query: Json = {"match_all": {}}
    for function in functions:
        query = {"function_score": {**anonymous(function), "query": query}}
    return {"bool": {"must": [query], "_name": FACTOR}}


def _highlight(asked: Recognised) -> Json:
    """Return the highlighting of the client's words, whatever query brings the hit."""
    wanted = asked.body.get("highlight")
    if not isinstance(wanted, dict):
        return {"highlight": wanted} if wanted is not None else {}
    return {"highlight": {"highlight_query": asked.query, **wanted}}


def _kept(asked: Recognised, names: Sequence[str]) -> Json:
    return {name: asked.body[name] for name in names if name in asked.body}
