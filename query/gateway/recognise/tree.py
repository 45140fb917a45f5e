"""A query's tree: where the words stand in it, and what every hit must meet beside them.

A clause that a hit must meet and that looks for no words in prose is a condition, wherever it
stands; a clause that only adds to the score is never dropped, the query is not recognised then.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from query.gateway.recognise.reasons import Reason, UnreadError
from query.gateway.recognise.texts import TEXTS, Json, Prose, Text, is_silent, read

# Scores of these say nothing about words.
_WORDLESS = frozenset(
    [
        "term",
        "terms",
        "terms_set",
        "range",
        "exists",
        "ids",
        "prefix",
        "wildcard",
        "regexp",
        "fuzzy",
        "match_all",
        "match_none",
        "geo_bounding_box",
        "geo_distance",
        "geo_polygon",
        "geo_shape",
        "nested",
    ]
)
_DEEPEST = 20
_BOOL = frozenset(
    [
        "must",
        "should",
        "filter",
        "must_not",
        "mustNot",
        "minimum_should_match",
        "boost",
        "_name",
        "adjust_pure_negative",
    ]
)
_DIS_MAX = frozenset(["queries", "tie_breaker", "boost", "_name"])
_CONSTANT = frozenset(["filter", "boost", "_name"])
_FUNCTIONS = frozenset(
    ["functions", "weight", "field_value_factor", "random_score", "gauss", "exp", "linear"]
)
# Of one of several functions; a script may read a score that is another one here.
_FUNCTION = _FUNCTIONS - {"functions"} | {"filter"}
_FUNCTION_SCORE = _FUNCTIONS | {
    "query",
    "boost",
    "boost_mode",
    "score_mode",
    "max_boost",
    "min_score",
    "_name",
}
_ALONE = (None, 0, 1, "0", "1")


def text_of(query: Any, prose: Prose, depth: int = 0) -> Text | None:
    """Return what a clause says; None for one that holds no words.

    Args:
        query: an object with one key, the clause's type.
        prose: names of the fields with the title and other prose.
        depth: clauses around it.

    Raises:
        UnreadError: it is not recognised.
    """
    if depth > _DEEPEST:
        raise UnreadError(Reason.DEPTH)
    if not isinstance(query, dict) or len(query) != 1:
        raise UnreadError(Reason.CLAUSE)
    ((kind, body),) = query.items()
    if kind in TEXTS:
        return read(kind, body, prose)
    if kind in _WORDLESS:
        return None
    if kind not in _TREES or not isinstance(body, dict):
        raise UnreadError(Reason.CLAUSE)
    text = _TREES[kind](body, prose, depth + 1)
    return None if is_silent(body) else text


def _bool(body: Json, prose: Prose, depth: int) -> Text | None:
    _require_known(body, _BOOL)
    texts, conditions = _musts(_list(body, "must"), prose, depth)
    filters = _list(body, "filter")
    excluded = [*_list(body, "must_not"), *_list(body, "mustNot")]
    conditions += [*filters, *([{"bool": {"must_not": excluded}}] if excluded else [])]
    should, least = _list(body, "should"), body.get("minimum_should_match")
    needed = not (body.get("must") or filters) if least is None else least not in (0, "0")
    offered = _any_of(should, prose, depth)
    if should and offered is None:
        if texts or not needed:
            raise UnreadError(Reason.SHOULD)
        return None
    if offered and needed:
        texts.append(replace(offered, strict=offered.strict or least not in _ALONE))
    elif offered:
        if not texts and not offered.prose:
            # A preference of its own among what the conditions find.
            raise UnreadError(Reason.SHOULD)
        _require_same([*texts, offered])
        texts = texts or [replace(offered, strict=False)]
    return _one(texts).under(*conditions) if texts else None


def _musts(clauses: list[Any], prose: Prose, depth: int) -> tuple[list[Text], list[Json]]:
    """Return what must clauses say of prose, and the others, which are conditions."""
    texts: list[Text] = []
    conditions: list[Json] = []
    for clause in clauses:
        text = text_of(clause, prose, depth)
        if text and text.prose:
            texts.append(text)
        elif text and text.functions:
            raise UnreadError(Reason.FUNCTIONS)
        else:
            conditions.append(clause)
    return texts, conditions


def _one(texts: list[Text]) -> Text:
    """Return what several clauses that must all be met say together."""
    _require_same(texts)
    return Text(
        texts[0].text,
        any(text.prose for text in texts),
        len(texts) > 1 or texts[0].strict,
        tuple(clause for text in texts for clause in text.conditions),
        tuple(function for text in texts for function in text.functions),
    )


def _any_of(clauses: list[Any], prose: Prose, depth: int) -> Text | None:
    """Return what alternatives say together; None when none of them holds words."""
    texts = [text_of(clause, prose, depth) for clause in clauses]
    found = [text for text in texts if text]
    if not found:
        return None
    # What binds one alternative alone is a preference among products.
    if len(found) < len(texts) or any(text.conditions for text in found):
        raise UnreadError(Reason.SHOULD)
    if any(text.functions for text in found):
        raise UnreadError(Reason.FUNCTIONS)
    _require_same(found)
    return Text(
        found[0].text,
        any(text.prose for text in found),
        all(text.strict for text in found),
    )


def _require_same(texts: list[Text]) -> None:
    if len({text.text for text in texts}) > 1:
        raise UnreadError(Reason.TWO_TEXTS)


def _dis_max(body: Json, prose: Prose, depth: int) -> Text | None:
    _require_known(body, _DIS_MAX)
    return _any_of(_list(body, "queries"), prose, depth)


def _constant_score(body: Json, prose: Prose, depth: int) -> Text | None:
    _require_known(body, _CONSTANT)
    text = text_of(body.get("filter"), prose, depth)
    # Its score is the same for all: what multiplies one below counts for nothing.
    return replace(text, strict=True, functions=()) if text else None


def _function_score(body: Json, prose: Prose, depth: int) -> Text | None:
    _require_known(body, _FUNCTION_SCORE)
    text = text_of(body.get("query", {"match_all": {}}), prose, depth)
    if text is None and _FUNCTIONS.isdisjoint(body):
        return None
    if text is None:
        raise UnreadError(Reason.FUNCTIONS)
    strict = text.strict or body.get("min_score") is not None
    if _FUNCTIONS.isdisjoint(body):
        return replace(text, strict=strict)
    several = _list(body, "functions")
    if body.get("boost_mode", "multiply") != "multiply" or not all(
        map(_FUNCTION.issuperset, several)
    ):
        raise UnreadError(Reason.FUNCTIONS)
    left_out = {"query", "boost", "min_score", "_name"}
    function = {name: value for name, value in body.items() if name not in left_out}
    return replace(text, strict=strict, functions=(*text.functions, function))


_TREES: dict[str, Callable[[Json, Prose, int], Text | None]] = {
    "bool": _bool,
    "dis_max": _dis_max,
    "constant_score": _constant_score,
    "function_score": _function_score,
}


def _require_known(body: Json, known: frozenset[str]) -> None:
    if not known.issuperset(body):
        raise UnreadError(Reason.CLAUSE)


def _list(body: Json, name: str) -> list[Any]:
    value = body.get(name) or []
    clauses = value if isinstance(value, list) else [value]
    if not all(isinstance(clause, dict) for clause in clauses):
        raise UnreadError(Reason.CLAUSE)
    return clauses
