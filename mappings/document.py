"""A decoded record becomes the fields that are stored."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.errors import DeadLetterError
from mappings.attributes import line, pairs
from mappings.catalogue import Catalogue
from mappings.markup import shown
from mappings.prices import Decimal, currencies, price
from mappings.tables import SINGLE, FieldSpec
from mappings.values import convert, is_number, text, wrong_type


def shape(record: Mapping[str, Any], catalogue: Catalogue, group: str) -> dict[str, Any]:
    """Return the stored fields that one stream owns.

    Args:
        record: a decoded JSON object as the source sends it.
        catalogue: which field is read from where, and how it is stored.
        group: the stream; fields of other groups are left out.

    Returns:
        Stored values by field name, in the catalogue's order. What is null, blank or empty is
        left out. Attributes are lists of lines `name: value`.

    Raises:
        DeadLetterError: UnknownField, WrongType, NotFinite, OutOfRange or LoneSurrogate; the
            reason names the record's field, what was found and what was expected.
    """
    values, attributes = _sort(record, catalogue, group)
    fields: dict[str, Any] = {}
    for name, spec in catalogue.owned(group).items():
        if spec.type == "attributes":
            value = _attributes(spec, name, values) + attributes.get(name, [])
        else:
            value = _value(spec, name, values)
        if value is not None and value != []:
            fields[name] = value
    return fields


def _sort(
    record: Mapping[str, Any], catalogue: Catalogue, group: str
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Sort a record's values into those read by path and lines of attributes by field."""
    values: dict[str, Any] = {}
    attributes: dict[str, list[str]] = {}
    for path, place, value in catalogue.sources[group].walk(record):
        if place.kind == "value":
            values[path] = value
        elif place.kind == "attribute":
            spec = catalogue.fields[place.field]
            attributes.setdefault(place.field, []).extend(_lines(spec, place.name, value, path))
        elif place.kind == "inside" and value is not None:
            raise wrong_type(path, value, "an object, or a list of objects")
        elif (
            place.kind == "unknown"
            and catalogue.inlets.get(group, catalogue.source).unknown_fields == "dead-letter"
        ):
            raise DeadLetterError(
                "UnknownField",
                f"field {path[:200]!a} is not in the catalogue; map it, or list it in "
                "source.ignore",
            )
    return values, attributes


def _value(spec: FieldSpec, name: str, values: Mapping[str, Any]) -> Any:
    """Convert what the first of a field's sources holds, or all of them where they are gathered."""
    kept: list[Any] = []
    listed = False
    for path in spec.paths(name):
        raw = values.get(path)
        found = [_converted(spec, item, path) for item in _items(spec, raw)]
        if found and isinstance(raw, list):
            listed = True
            if spec.role in SINGLE:
                raise wrong_type(path, raw, f"one value, as the {spec.role}")
        kept += found
        if kept and not spec.gather:
            break
    if spec.gather or spec.separator:
        kept = list(dict.fromkeys(kept))
    return kept if listed or len(kept) > 1 else next(iter(kept), None)


def _items(spec: FieldSpec, raw: Any) -> Iterator[Any]:
    """Yield the values in what a record keeps at one place."""
    for one in _read(spec, raw):
        split = spec.separator and isinstance(one, str)
        for part in map(str.strip, one.split(spec.separator)) if split else [one]:
            if not _blank(part, spec.absent):
                yield part


def _converted(spec: FieldSpec, item: Any, path: str) -> Any:
    if spec.role == "price" and isinstance(item, str):
        item = _amount(spec, item, path)
    return convert(spec.type, item, path, spec.scale)


def _amount(spec: FieldSpec, shown_price: str, path: str) -> float | str:
    """Return the number in a price's text; a plain one as it stands."""
    if spec.decimal == "." and is_number(shown_price):
        return shown_price
    found = price(shown_price, spec.decimal)
    other: Decimal = "," if spec.decimal == "." else "."
    if found is None:
        hint = ""
        if price(shown_price, other) is not None:
            hint = (
                f'; where {other!r} stands before the cents, the catalogue says decimal = "{other}"'
            )
        raise wrong_type(path, shown_price, f"a price such as 1299{spec.decimal}50{hint}")
    named = currencies(shown_price)
    if spec.currency and named and spec.currency not in named:
        raise wrong_type(path, shown_price, f"a price in {spec.currency}, the catalogue's currency")
    return found


def _attributes(spec: FieldSpec, name: str, values: Mapping[str, Any]) -> list[str]:
    """Read attributes that stand together in one value."""
    lines: list[str] = []
    for path in spec.paths(name):
        raw = values.get(path)
        if raw is not None:
            for key, value, inner in pairs(raw, path):
                lines += _lines(spec, key, value, inner)
    return lines


def _lines(spec: FieldSpec, name: str, value: Any, path: str) -> Iterator[str]:
    text(path, path)
    for one in _read(spec, value):
        if not _blank(one, spec.absent):
            yield line(name, one, path)


def _read(spec: FieldSpec, value: Any) -> Iterator[Any]:
    """Yield a value, or those of a list, with what a browser shows in place of HTML."""
    for item in value if isinstance(value, list) else [value]:
        yield shown(item) if spec.html and isinstance(item, str) else item


def _blank(value: Any, absent: Sequence[str]) -> bool:
    if isinstance(value, str):
        told = value.strip()
        return not told or (
            bool(absent) and told.casefold() in {one.strip().casefold() for one in absent}
        )
    return value is None or (isinstance(value, list | dict) and not value)
