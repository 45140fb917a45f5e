"""A whole search, its address's parameters included: what is ranked, and what stays as it was asked.

Parts: https://docs.opensearch.org/latest/api-reference/search-apis/search/
"""

from collections.abc import Mapping
from typing import Any

from query.gateway.recognise import address, order, page
from query.gateway.recognise.reasons import Reason, UnreadError
from query.gateway.recognise.recognised import Recognised
from query.gateway.recognise.texts import Json, Prose, Text, words_of
from query.gateway.recognise.tree import text_of

_BODY = frozenset(
    [
        "query",
        "from",
        "size",
        "_source",
        "fields",
        "docvalue_fields",
        "stored_fields",
        "highlight",
        "aggs",
        "aggregations",
        "suggest",
        "post_filter",
        "min_score",
        "track_total_hits",
        "track_scores",
        "explain",
        "profile",
        "timeout",
        "sort",
        "version",
        "seq_no_primary_term",
        "stats",
        "pit",
        "search_after",
        "collapse",
    ]
)
_DEEPEST = 100


def recognise(
    body: Any, parameters: Mapping[str, str], prose: Prose, stopped: frozenset[str] = frozenset()
) -> Recognised | Reason:
    """Return what a search asks, or why it is left to the cluster.

    Args:
        body: of the search, any JSON.
        parameters: of its address.
        prose: names of the fields with the title and other prose.
        stopped: words, in lower case, that no field has.
    """
    try:
        return _recognised(body, parameters, prose, stopped)
    except UnreadError as error:
        return error.reason


def _recognised(
    body: Any, parameters: Mapping[str, str], prose: Prose, stopped: frozenset[str]
) -> Recognised:
    address.require_known(parameters)
    if not isinstance(body, dict) or not _BODY.issuperset(body) or _nameless(body, parameters):
        raise UnreadError(Reason.BODY)
    if _depth(body) > _DEEPEST:
        raise UnreadError(Reason.DEPTH)
    whole = {**body, **page.numbers(body), **order.after(body), **address.moved(parameters)}
    page.require_page(whole)
    page.require_total(whole, parameters)
    order.require_by_score(whole.get("sort"))
    order.require_after(whole)
    page.require_group(whole)
    text = text_of(whole.get("query", {"match_all": {}}), prose)
    if text is None:
        raise UnreadError(Reason.NO_TEXT)
    if not text.prose:
        raise UnreadError(Reason.FIELDS)
    if stopped >= words_of(text.text):
        raise UnreadError(Reason.NO_TEXT)
    conditions = (*text.conditions, *_around(whole, text))
    return Recognised(text.text, text.strict, conditions, text.functions, whole, parameters)


def _around(body: Json, text: Text) -> list[Json]:
    """Return the conditions that the search puts on its own query's hits."""
    least, query = body.get("min_score"), body["query"]
    if least is not None:
        # The threshold was chosen for the scores of this query and of no other.
        own = [{"function_score": {"query": query, "min_score": least}}]
    else:
        own = [query] if text.strict else []
    after = body.get("post_filter")
    return [*own, *([after] if after else [])]


def _nameless(body: Json, parameters: Mapping[str, str]) -> bool:
    """Return whether hits are to come without their ids, by which a page is put in order."""
    return "_none_" in str(body.get("stored_fields")) + parameters.get("stored_fields", "")


def _depth(body: Json) -> int:
    """Return how deep objects and lists stand in one another."""
    level: list[Any] = [body]
    depth = 0
    while level and depth <= _DEEPEST:
        depth += 1
        parts = [each.values() if isinstance(each, dict) else each for each in level]
        level = [each for part in parts for each in part if isinstance(each, dict | list)]
    return depth
