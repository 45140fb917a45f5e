"""Which hits are asked for: a page of them, how far they are counted, by which field in groups."""

from collections.abc import Mapping
from typing import Any

from query.gateway.recognise.address import number_total
from query.gateway.recognise.reasons import Reason, UnreadError
from query.gateway.recognise.texts import Json

# The cluster's own defaults, and the engine's window.
SIZE, COUNTED = 10, 10_000
_WINDOW = 10_000
_DIGITS = 20


def numbers(body: Json) -> Json:
    """Return the page's numbers that are written as texts, as templates and some clients do."""
    return {name: _number(body[name]) for name in ("from", "size") if name in body}


def _number(value: Any) -> Any:
    is_count = isinstance(value, str) and value.isascii() and value.isdigit()
    return int(value) if is_count and len(value) < _DIGITS else value


def require_page(body: Json) -> None:
    """Refuse what is no page with hits, or beyond the engine's window.

    Raises:
        UnreadError: `size` or `window`.
    """
    page = [body.get("from"), body.get("size")]
    if any(part is not None and (type(part) is not int or part < 0) for part in page):
        raise UnreadError(Reason.WINDOW)
    size = SIZE if page[1] is None else page[1]
    if not size:
        raise UnreadError(Reason.SIZE)
    if size + (page[0] or 0) > _WINDOW:
        raise UnreadError(Reason.WINDOW)


def require_total(body: Json, parameters: Mapping[str, str]) -> None:
    """Refuse what is no number of hits, and a total as a number that is to be inexact.

    Raises:
        UnreadError: `body` or `parameter`.
    """
    counted = body.get("track_total_hits")
    if counted is None or isinstance(counted, bool):
        return
    if not isinstance(counted, int) or counted < 0:
        raise UnreadError(Reason.BODY)
    if number_total(parameters):
        raise UnreadError(Reason.PARAMETER)


def require_group(body: Json) -> None:
    """Refuse groups that are not by one field, and a page of groups after a hit.

    Raises:
        UnreadError: `body` or `after`.
    """
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
