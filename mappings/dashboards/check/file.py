"""The lines of a file: what stands twice, what nobody knows, and each object on its own."""

import json
from collections.abc import Iterator

from mappings.dashboards.check import board, pattern, shape, visualization
from mappings.dashboards.check.known import ATTRIBUTES, Json

_PARTS = {
    "index-pattern": pattern.faults,
    "visualization": visualization.faults,
    "dashboard": board.faults,
}


def faults(text: str) -> list[str]:
    """Return what is wrong with a file of saved objects, a sentence each; empty when it is well."""
    objects: list[Json] = []
    found: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            each = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            found.append(f"line {number} is not JSON")
            continue
        # The summary that an export ends with.
        if isinstance(each, dict) and "exportedCount" not in each:
            objects.append(each)
    return [*found, *_faults(objects)]


def _faults(objects: list[Json]) -> Iterator[str]:
    patterns = pattern.known(objects)
    there = [(each.get("type"), each.get("id")) for each in objects]
    for type_, id_ in sorted({name for name in there if there.count(name) > 1}, key=str):
        yield f"{type_} {id_!r} stands twice"
    for each in objects:
        label = f"{each.get('type')} {each.get('id')!r}"
        if each.get("type") not in ATTRIBUTES:
            yield f"{label}: unknown type; there are {', '.join(ATTRIBUTES)}"
            continue
        yield from (f"{label}: {fault}" for fault in _own(each, set(there), patterns))


def _own(
    each: Json, there: set[tuple[object, object]], patterns: dict[str, pattern.Pattern]
) -> Iterator[str]:
    outside = [*shape.faults(each, there)]
    yield from outside
    if any("is not JSON" in fault for fault in outside):
        return
    try:
        yield from _PARTS[each["type"]](each, patterns)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        yield f"cannot be read ({type(error).__name__}: {error})"
