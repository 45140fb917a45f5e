"""How a search is asked for in Python: one set of keywords for every searcher."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypedDict, get_args

from connector.errors import RequestError
from query.request import Asker, Counted, Filter, SearchRequest, System

Value = str | int | float | bool | date
Bound = int | float | date | None
# A value; a list or set of values, any of which will do; or a pair (at least, at most).
Wanted = Value | list[Value] | set[Value] | frozenset[Value] | tuple[Bound, Bound]
Filters = Mapping[str, Wanted] | Iterable[Filter]


class Options(TypedDict, total=False):
    """Keywords of `Searcher.search`; `SearchRequest` says what each means and its default.

    Attributes:
        filters: by field, `{"brand": ["Acme", "Birch"], "price": (None, 100)}`, or `Filter`s.
    """

    size: int
    from_: int
    filters: Filters
    system: System
    explain: bool
    without: Iterable[str]
    min_score: float | None
    facets: Iterable[str]
    facets_over: Counted
    cursor: str | None
    asker: Asker | None


def request_of(query: str | SearchRequest, options: Options) -> SearchRequest:
    """Return what is asked; options win over what the request says.

    Args:
        query: a text, or a request made before.
        options: that were given.

    Raises:
        RequestError: a query or filter of the wrong type.
    """
    request = SearchRequest(query) if isinstance(query, str) else query
    if not isinstance(request, SearchRequest):
        raise RequestError(
            f"a query is a text or a SearchRequest, this is of type {type(query).__name__}"
        )
    changes: dict[str, Any] = dict(options)
    if "filters" in changes:
        changes["filters"] = filters_of(changes["filters"])
    for names in ("without", "facets"):
        if names in changes:
            changes[names] = _names(changes[names])
    return replace(request, **changes)


def filters_of(filters: Filters) -> tuple[Filter, ...]:
    """Return filters in the one form that a request has.

    Raises:
        RequestError: neither a mapping nor `Filter`s, or a value that no filter can have.
    """
    if isinstance(filters, Mapping):
        return tuple(one for field, wanted in filters.items() for one in _conditions(field, wanted))
    if isinstance(filters, str) or not isinstance(filters, Iterable):
        raise _unusable("filters", filters)
    given = tuple(filters)
    for one in given:
        if not isinstance(one, Filter):
            raise _unusable("filters", one)
    return given


def _conditions(field: str, wanted: Wanted) -> Iterable[Filter]:
    if isinstance(wanted, tuple):
        return _range(field, wanted)
    values = wanted if isinstance(wanted, list | set | frozenset) else [wanted]
    return [Filter(field, _text(field, value)) for value in values]


def _range(field: str, ends: tuple[Bound, ...]) -> list[Filter]:
    if len(ends) != len((">=", "<=")):
        raise _unusable(field, ends)
    low, high = (None if end is None else _text(field, end) for end in ends)
    bounds = [] if low is None else [Filter(field, low, ">=")]
    return bounds if high is None else [*bounds, Filter(field, high, "<=")]


def _text(field: str, value: object) -> str:
    """Return a value as `FIELD=VALUE` writes it; `query.filters` reads it by the field's type."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, get_args(Value)):
        return str(value)
    raise _unusable(field, value)


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _unusable(name: str, value: object) -> RequestError:
    return RequestError(
        f"filter {name!r}: {value!r:.100} cannot be used; write for example "
        '{"brand": "Acme", "colour": ["red", "blue"], "price": (None, 100)}, '
        'or [Filter.parse("price<=100")]'
    )
