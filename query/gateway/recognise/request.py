"""A whole search, its address's parameters included: what is ranked, and what stays as it was asked.

Parts: https://docs.opensearch.org/latest/api-reference/search-apis/search/
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from query.gateway.recognise.reasons import Reason, UnreadError
from query.gateway.recognise.texts import Json, Prose, Text
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
# Where a search runs, and how: the same for each search that is sent in its place.
_WHERE = frozenset(
    [
        "preference",
        "routing",
        "search_type",
        "ignore_unavailable",
        "allow_no_indices",
        "expand_wildcards",
        "ignore_throttled",
        "allow_partial_search_results",
        "max_concurrent_shard_requests",
        "pre_filter_shard_size",
        "batched_reduce_size",
        "cancel_after_time_interval",
        "ccs_minimize_roundtrips",
        "request_cache",
    ]
)
# What of each hit is shown.
_SHOWN = frozenset(
    [
        "_source",
        "_source_includes",
        "_source_excludes",
        "stored_fields",
        "docvalue_fields",
        "version",
        "seq_no_primary_term",
        "track_scores",
        "stats",
    ]
)
_IN_BODY = frozenset(["from", "size", "explain", "track_total_hits", "sort", "timeout"])
_FORM = frozenset(["pretty", "human", "error_trace", "typed_keys", "rest_total_hits_as_int"])
_PARAMETERS = _WHERE | _SHOWN | _IN_BODY | _FORM | {"filter_path"}
_TIES = ("_id", "_doc", "_shard_doc")
_ON = ("", "true")
# A score and what tells equal ones apart.
_PAIR = 2
_DEEPEST = 100
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE]-?[0-9]{1,2})?")
_SWITCH = {**dict.fromkeys(_ON, True), "false": False}
# The cluster's own default, and the engine's window.
_SIZE, _WINDOW, _COUNTED = 10, 10_000, 10_000


@dataclass(frozen=True)
class Recognised:
    """A search that can be ranked.

    Attributes:
        text: the words, in single spaces.
        strict: whether only what the client's own query finds is an answer.
        conditions: clauses that every hit meets, its own query's among them where it is strict.
        functions: `function_score` bodies that multiply the score.
        body: the search as asked, the address's part included.
        parameters: of the address.
    """

    text: str
    strict: bool
    conditions: tuple[Json, ...]
    functions: tuple[Json, ...]
    body: Json
    parameters: Mapping[str, str]

    @property
    def query(self) -> Json:
        """The client's own query."""
        query: Json = self.body["query"]
        return query

    @property
    def from_(self) -> int:
        """Hits before the page."""
        return int(self.body.get("from") or 0)

    @property
    def size(self) -> int:
        """Hits of the page, 1 or more."""
        size = self.body.get("size")
        return _SIZE if size is None else int(size)

    @property
    def counted(self) -> int | None:
        """How far hits are counted; None for all of them, 0 for not at all."""
        wanted = self.body.get("track_total_hits")
        if isinstance(wanted, bool):
            return None if wanted else 0
        if self.number_total:
            return None
        return _COUNTED if wanted is None else int(wanted)

    @property
    def number_total(self) -> bool:
        """Whether the total is written as a number, as it was before OpenSearch."""
        return self.parameters.get("rest_total_hits_as_int") in _ON

    @property
    def after(self) -> tuple[Any, ...]:
        """Sort values of the hit before the page; none where the page is told by its number."""
        return tuple(self.body.get("search_after") or ())

    @property
    def ties(self) -> str | None:
        """What tells equal scores apart, where hits show it."""
        sort = self.body.get("sort")
        return _key(sort[1])[0] if isinstance(sort, list) and len(sort) > 1 else None

    @property
    def group(self) -> str | None:
        """Field that hits are collapsed by."""
        field: str | None = (self.body.get("collapse") or {}).get("field")
        return field

    @property
    def group_names(self) -> tuple[str, ...]:
        """Names under which hits show the members of their group."""
        inner = (self.body.get("collapse") or {}).get("inner_hits") or []
        kinds = inner if isinstance(inner, list) else [inner]
        return tuple(str(kind.get("name", self.group)) for kind in kinds)

    @property
    def where(self) -> dict[str, str]:
        """Parameters of every search that is sent in place of this one."""
        return {name: value for name, value in self.parameters.items() if name in _WHERE}

    @property
    def shown(self) -> dict[str, str]:
        """Parameters of the search that brings the page."""
        return {name: value for name, value in self.parameters.items() if name in _SHOWN}


def recognise(body: Any, parameters: Mapping[str, str], prose: Prose) -> Recognised | Reason:
    """Return what a search asks, or why it is left to the cluster.

    Args:
        body: of the search, any JSON.
        parameters: of its address.
        prose: names of the fields with the title and other prose.
    """
    try:
        return _recognised(body, parameters, prose)
    except UnreadError as error:
        return error.reason


def _recognised(body: Any, parameters: Mapping[str, str], prose: Prose) -> Recognised:
    if not _PARAMETERS.issuperset(parameters) or any(
        parameters[name] not in _SWITCH for name in _FORM & parameters.keys()
    ):
        raise UnreadError(Reason.PARAMETER)
    if not isinstance(body, dict) or not _BODY.issuperset(body) or _nameless(body, parameters):
        raise UnreadError(Reason.BODY)
    if _depth(body) > _DEEPEST:
        raise UnreadError(Reason.DEPTH)
    whole = {**body, **_numbers(body), **_moved(parameters)}
    _require_page(whole)
    _require_total(whole, parameters)
    _require_by_score(whole.get("sort"))
    _require_after(whole)
    _require_group(whole)
    text = text_of(whole.get("query", {"match_all": {}}), prose)
    if text is None:
        raise UnreadError(Reason.NO_TEXT)
    if not text.prose:
        raise UnreadError(Reason.FIELDS)
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


def _moved(parameters: Mapping[str, str]) -> Json:
    """Return what the address says of the body; it has the last word, as in the cluster."""
    moved: Json = {}
    for name in _IN_BODY & set(parameters):
        text = parameters[name]
        if name == "timeout":
            moved[name] = text
        elif name == "sort":
            moved[name] = [dict([_key(key)]) for key in text.split(",")]
        elif text.isascii() and text.isdigit():
            moved[name] = int(text)
        elif name in {"explain", "track_total_hits"} and text in _SWITCH:
            moved[name] = _SWITCH[text]
        else:
            raise UnreadError(Reason.PARAMETER)
    return moved


def _numbers(body: Json) -> Json:
    """Return numbers that are written as texts, as templates and some clients write them."""
    found: Json = {name: _number(body[name]) for name in ("from", "size") if name in body}
    after = body.get("search_after")
    if isinstance(after, list) and len(after) == _PAIR:
        found["search_after"] = [_score(after[0]), after[1]]
    return found


def _number(value: Any) -> Any:
    is_count = isinstance(value, str) and value.isascii() and value.isdigit()
    return int(value) if is_count and len(value) < _DEEPEST else value


def _score(value: Any) -> Any:
    is_score = isinstance(value, str) and _DECIMAL.fullmatch(value)
    return float(value) if is_score else value


def _require_page(body: Json) -> None:
    page = [body.get("from"), body.get("size")]
    if any(part is not None and (type(part) is not int or part < 0) for part in page):
        raise UnreadError(Reason.WINDOW)
    size = _SIZE if page[1] is None else page[1]
    if not size:
        raise UnreadError(Reason.SIZE)
    if size + (page[0] or 0) > _WINDOW:
        raise UnreadError(Reason.WINDOW)


def _require_total(body: Json, parameters: Mapping[str, str]) -> None:
    """Refuse what is no number of hits, and a total as a number that is to be inexact."""
    counted = body.get("track_total_hits")
    if counted is None or isinstance(counted, bool):
        return
    if not isinstance(counted, int) or counted < 0:
        raise UnreadError(Reason.BODY)
    if parameters.get("rest_total_hits_as_int") in _ON:
        raise UnreadError(Reason.PARAMETER)


def _require_by_score(sort: Any) -> None:
    """Refuse every order but the best score first, then whatever tells equal ones apart."""
    if sort is None:
        return
    keys = sort if isinstance(sort, list) else [sort]
    names = [_key(key) for key in keys]
    if names[:1] != [("_score", "desc")] or any(
        name not in _TIES or order != "asc" for name, order in names[1:]
    ):
        raise UnreadError(Reason.SORT)


def _require_after(body: Json) -> None:
    """Refuse a page after a hit that does not say score and place, or is numbered, too."""
    after, sort = body.get("search_after"), body.get("sort")
    if after is None:
        return
    pair = isinstance(after, list) and isinstance(sort, list) and len(after) == len(sort) == _PAIR
    if not pair or type(after[0]) not in {int, float} or body.get("from"):
        raise UnreadError(Reason.AFTER)


def _require_group(body: Json) -> None:
    collapse = body.get("collapse")
    if collapse is None:
        return
    if not isinstance(collapse, dict) or not isinstance(collapse.get("field"), str):
        raise UnreadError(Reason.BODY)
    inner = collapse.get("inner_hits") or []
    kinds = inner if isinstance(inner, list) else [inner]
    if not all(isinstance(kind, dict) for kind in kinds):
        raise UnreadError(Reason.BODY)
    if body.get("search_after") is not None:
        raise UnreadError(Reason.AFTER)


def _key(key: Any) -> tuple[str, str]:
    """Return the field and the direction of one sort key; nothing that is a key for another form."""
    if isinstance(key, str):
        name, _, order = key.partition(":")
        return name, order or ("desc" if name == "_score" else "asc")
    if not isinstance(key, dict) or len(key) != 1:
        return "", ""
    ((name, order),) = key.items()
    if isinstance(order, dict):
        order = order.get("order", _key(name)[1]) if set(order) <= {"order"} else ""
    return name, str(order).lower()


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
