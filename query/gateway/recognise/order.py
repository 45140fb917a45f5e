"""In which order hits are asked for, and after which of them."""

import re
from typing import Any

from query.gateway.recognise.reasons import Reason, UnreadError
from query.gateway.recognise.texts import Json

_TIES = ("_id", "_doc", "_shard_doc")
# A score and what tells equal ones apart.
_PAIR = 2
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE]-?[0-9]{1,2})?")


def require_by_score(sort: Any) -> None:
    """Refuse every order but the best score first, then whatever tells equal ones apart.

    Raises:
        UnreadError: `sort`.
    """
    if sort is None or sort == []:
        return
    keys = sort if isinstance(sort, list) else [sort]
    names = [key(each) for each in keys]
    if names[:1] != [("_score", "desc")] or any(
        name not in _TIES or order != "asc" for name, order in names[1:]
    ):
        raise UnreadError(Reason.SORT)


def after(body: Json) -> Json:
    """Return the page after a hit, its score a number where it is written as a text."""
    values = body.get("search_after")
    if not isinstance(values, list) or len(values) != _PAIR:
        return {}
    return {"search_after": [_score(values[0]), values[1]]}


def require_after(body: Json) -> None:
    """Refuse a page after a hit that does not say score and place, or is numbered, too.

    Raises:
        UnreadError: `after`.
    """
    values, sort = body.get("search_after"), body.get("sort")
    if values is None:
        return
    pair = isinstance(values, list) and isinstance(sort, list) and len(values) == len(sort) == _PAIR
    if not pair or type(values[0]) not in {int, float} or body.get("from"):
        raise UnreadError(Reason.AFTER)


def key(written: Any) -> tuple[str, str]:
    """Return the field and the direction of one sort key; nothing that is a key for another form."""
    if isinstance(written, str):
        name, _, order = written.partition(":")
        return name, order or ("desc" if name == "_score" else "asc")
    if not isinstance(written, dict) or len(written) != 1:
        return "", ""
    ((name, order),) = written.items()
    if isinstance(order, dict):
        order = order.get("order", key(name)[1]) if set(order) <= {"order"} else ""
    return name, str(order).lower()


def _score(value: Any) -> Any:
    is_score = isinstance(value, str) and _DECIMAL.fullmatch(value)
    return float(value) if is_score else value
