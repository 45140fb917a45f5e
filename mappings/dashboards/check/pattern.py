"""Index patterns: what is searched, and the fields that a page believes in without asking."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mappings.dashboards.check.known import FIELD_KEYS, FIELD_TYPES, FORMATS, Json

_TITLE = re.compile(r'[^\s\\/?"<>|,]+(,[^\s\\/?"<>|,]+)*')


@dataclass(frozen=True)
class Pattern:
    """An index pattern of the file: its title, its time field, its fields by name."""

    title: str
    time: str | None
    fields: dict[str, Json]

    def kind(self, field: str) -> str:
        """Return what Dashboards calls the field's type; empty where there is no such field."""
        return str(self.fields.get(field, {}).get("type", ""))

    def groups(self, field: str) -> bool:
        """Return whether documents can be counted by the field."""
        return bool(self.fields.get(field, {}).get("aggregatable"))


def known(objects: Iterable[Json]) -> dict[str, Pattern]:
    """Return the index patterns by id, those that cannot be read without fields."""
    return {
        str(each.get("id")): _read(each) for each in objects if each.get("type") == "index-pattern"
    }


def _read(each: Json) -> Pattern:
    own = each.get("attributes", {})
    try:
        fields = {field["name"]: field for field in json.loads(own["fields"])}
    except (KeyError, TypeError, ValueError):
        fields = {}
    return Pattern(own.get("title", ""), own.get("timeFieldName"), fields)


def faults(each: Json, patterns: dict[str, Pattern]) -> Iterator[str]:
    """Yield what is wrong with an index pattern."""
    own = patterns[each["id"]]
    if not _TITLE.fullmatch(own.title):
        yield f'its title {own.title!r} has a space, an empty part or one of \\ / ? " < > |'
    if not own.fields:
        yield "has no fields; the first page that uses it would show errors"
        return
    if own.time is not None and own.kind(own.time) != "date":
        yield f"its time field {own.time!r} is not among its fields of the type date"
    yield from _formats(json.loads(each["attributes"].get("fieldFormatMap", "{}")), own)
    listed = json.loads(each["attributes"]["fields"])
    if len(listed) > len(own.fields):
        yield "has a field twice"
    for field in listed:
        if missing := FIELD_KEYS - field.keys():
            yield f"its field {field['name']!r} lacks {', '.join(sorted(missing))}"
        elif field["type"] not in FIELD_TYPES:
            yield f"its field {field['name']!r} is of the unknown type {field['type']!r}"


def _formats(formats: Json, own: Pattern) -> Iterator[str]:
    for name, one in formats.items():
        if name not in own.fields:
            yield f"writes {name!r} in a format, which is not among its fields"
        elif one["id"] not in FORMATS:
            yield f"writes {name!r} in the unknown format {one['id']!r}"
