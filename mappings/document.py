"""A decoded record becomes the fields that are stored."""

from collections.abc import Iterator, Mapping
from typing import Any

from connector.errors import DeadLetterError
from mappings.catalogue import Catalogue
from mappings.tables import FieldSpec
from mappings.values import convert, label, text, wrong_type

# Roles of which a product has one: what is shown as its name, and what a price filter compares.
_SINGLE = ("title", "price")


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
            value = _first(spec, name, values)
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
            attributes.setdefault(place.field, []).extend(_lines(place.name, value, path))
        elif place.kind == "inside" and value is not None:
            raise wrong_type(path, value, "an object")
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


def _first(spec: FieldSpec, name: str, values: Mapping[str, Any]) -> Any:
    """Convert the first of a field's sources that holds something."""
    for path in spec.paths(name):
        raw = values.get(path)
        items = raw if isinstance(raw, list) else [raw]
        kept = [convert(spec.type, item, path, spec.scale) for item in items if not _blank(item)]
        if not kept:
            continue
        if not isinstance(raw, list):
            return kept[0]
        if spec.role in _SINGLE:
            raise wrong_type(path, raw, f"one value, as the {spec.role}")
        return kept
    return None


def _attributes(spec: FieldSpec, name: str, values: Mapping[str, Any]) -> list[str]:
    """Read objects of name and value."""
    lines: list[str] = []
    for path in spec.paths(name):
        raw = values.get(path)
        if raw is None:
            continue
        if not isinstance(raw, Mapping):
            raise wrong_type(path, raw, "an object of names and values")
        for key, value in raw.items():
            lines += _lines(" ".join(text(key, path).split()), value, f"{path}.{key}")
    return lines


def _lines(name: str, value: Any, path: str) -> Iterator[str]:
    text(path, path)
    for item in value if isinstance(value, list) else [value]:
        if not _blank(item):
            yield f"{name}: {label(item, path)}"


def _blank(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list | dict) and not value)
