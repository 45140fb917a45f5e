"""Conditions of a request become filter clauses, each value read by its field's type."""

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from connector.errors import RequestError
from mappings.catalogue import Catalogue
from query.request import Filter

Json = dict[str, Any]

_BOOLEANS = {"true": True, "false": False}
_LONG = 2**63
_RANGED = ("double", "long", "date")
_BOUND = {">=": "gte", "<=": "lte"}


def clauses(filters: Iterable[Filter], catalogue: Catalogue) -> list[Json]:
    """Return one clause per condition; several `=` on one field become one: any of their values.

    Raises:
        RequestError: a field the catalogue does not have or cannot filter by, or a value that
            is not of the field's type.
    """
    anyof: dict[tuple[str, str], list[Any]] = {}
    bounds: list[Json] = []
    for condition in filters:
        stored, value = _read(condition, catalogue)
        if condition.comparison == "=":
            anyof.setdefault((condition.field, stored), []).append(value)
        else:
            bounds.append({"range": {stored: {_BOUND[condition.comparison]: value}}})
    terms: list[Json] = [{"terms": {stored: values}} for (_, stored), values in anyof.items()]
    return terms + bounds


def filterable(catalogue: Catalogue) -> list[str]:
    """Return the names a filter may have, as the user writes them, sorted."""
    return sorted(
        f"{name}.NAME" if spec.type == "attributes" else name
        for name, spec in catalogue.fields.items()
        if catalogue.filter_field(name)
    )


def _read(condition: Filter, catalogue: Catalogue) -> tuple[str, Any]:
    """Return the stored field to look in, and the value to look for."""
    field, dot, attribute = condition.field.partition(".")
    spec = catalogue.fields.get(field)
    stored = catalogue.filter_field(field) if spec else None
    if spec is None or stored is None or bool(dot) != (spec.type == "attributes"):
        raise RequestError(
            f"cannot filter by {condition.field!r}; this index has: "
            f"{', '.join(filterable(catalogue)) or 'no field to filter by'}"
        )
    if condition.comparison != "=" and spec.type not in _RANGED:
        raise RequestError(
            f"filter {condition.field!r}: {condition.comparison} needs a number or a date, "
            f"this field is of type {spec.type!r}; use ="
        )
    if dot:
        return stored, f"{attribute}: {condition.value}"
    return stored, _value(condition, spec.type)


def _value(condition: Filter, kind: str) -> Any:
    value = condition.value
    try:
        value.encode("utf-8")
        if kind == "double":
            return _finite(value)
        if kind == "long":
            return _long(value)
        if kind == "boolean":
            return _BOOLEANS[value.lower()]
        if kind == "date":
            return _date(value)
    except (ValueError, KeyError):
        raise RequestError(
            f"filter {condition.field!r}: {value[:100]!a} is not {_EXPECTED.get(kind, 'Unicode')}"
        ) from None
    return value


_EXPECTED = {
    "double": "a number",
    "long": "a whole number",
    "boolean": "true or false",
    "date": "a date such as 2026-11-20",
}


def _finite(value: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _long(value: str) -> int:
    number = int(value)
    if not -_LONG <= number < _LONG:
        raise ValueError(value)
    return number


def _date(value: str) -> str:
    """Return a day as a day, which the engine takes whole, and a time as a time."""
    time = datetime.fromisoformat(value)
    return time.isoformat() if ":" in value else time.date().isoformat()
