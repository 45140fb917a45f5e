"""The response in OpenSearch's own shape: pure functions of what the searches answered."""

from typing import Any

from query.gateway.rank import groups
from query.gateway.rank.answer import Answer
from query.gateway.rank.client import Told
from query.gateway.recognise.recognised import Recognised
from query.ranking import Ranking

Json = dict[str, Any]

# float32 sums.
_ROUNDING = 1e-5
_BESIDE = ("aggregations", "suggest")


def response(asked: Recognised, answer: Answer, told: Told, took_ms: int) -> Json:
    """Return the response to a search.

    Args:
        asked: the search.
        answer: to it.
        told: what the searches said beside their hits.
        took_ms: since the request came in.
    """
    counted = answer.counted or {}
    beside = {name: counted[name] for name in _BESIDE if name in counted}
    body: Json = {"pit_id": told.pit} if told.pit else {}
    body |= {"took": took_ms, "timed_out": told.timed_out, "_shards": told.shards}
    body |= {"hits": _hits(asked, answer), **beside}
    return {**body, "profile": {"shards": told.profiles}} if told.profiles else body


def _hits(asked: Recognised, answer: Answer) -> Json:
    page, ranking, total = answer.page, answer.ranking, answer.total
    parts = zip(page.ids, page.scores, page.sorts, page.hits, strict=True)
    hits = [_hit(ranking, *part) for part in parts]
    if names := asked.group_names:
        together = zip(hits, page.scores, strict=True)
        hits = [groups.scored(hit, names, score) for hit, score in together]
    best = float(ranking.scores.max()) if ranking.ids else max(page.scores, default=None)
    scored = not hits or any(hit.get("_score") is not None for hit in hits)
    found: Json = {"max_score": best if scored else None, "hits": hits}
    if asked.number_total:
        return {"total": total.value if total else -1, **found}
    value = {"total": {"value": total.value, "relation": total.relation}} if total else {}
    return {**value, **found}


def _hit(ranking: Ranking, id_: str, score: float, sort: list[Any], hit: Json) -> Json:
    """Return a hit with its place's score wherever the cluster wrote one."""
    shown = dict(hit)
    if shown.get("_score") is not None:
        shown["_score"] = score
    if shown.get("sort"):
        shown["sort"] = sort
    if "_explanation" in shown:
        shown["_explanation"] = _explained(ranking, id_, score, shown["_explanation"])
    return shown


def _explained(ranking: Ranking, id_: str, score: float, own: Json) -> Json:
    """Return the sum that a score is, the cluster's explanation of the client's query behind it."""
    if id_ not in ranking.ids:
        return _part(score, "after the ranking, in the order of the query itself", own)
    row = ranking.ids.index(id_)
    weights, values = ranking.weights.tolist(), ranking.values[row].tolist()
    terms = zip(ranking.terms, weights, values, strict=True)
    details = [
        _part(
            weight * value,
            f"{name}, weight times value",
            _part(weight, "weight"),
            _part(value, "value"),
        )
        for name, weight, value in terms
        if weight
    ]
    after = score - sum(part["value"] for part in details)
    if abs(after) > _ROUNDING:
        details.append(_part(after, "functions of the query, and rules of the shop"))
    behind = _part(0.0, "beside it, the query itself", own)
    return _part(score, "hybrid ranking, sum of:", *details, behind)


def _part(value: float, description: str, *details: Json) -> Json:
    return {"value": value, "description": description, "details": list(details)}
