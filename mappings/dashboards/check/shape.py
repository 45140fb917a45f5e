"""What every saved object has: attributes, versions, references, a search."""

import json
from collections.abc import Iterator

from mappings.dashboards.check.known import (
    ATTRIBUTES,
    KEYS,
    MIGRATIONS,
    SEARCH,
    TEXTS,
    Json,
    number,
)


def faults(each: Json, there: set[tuple[object, object]]) -> Iterator[str]:
    """Yield what is wrong with an object of a known type.

    Args:
        each: the object.
        there: type and id of all objects of the file.
    """
    yield from _attributes(each)
    yield from _versions(each)
    yield from _references(each, there)
    yield from _search(each)


def _attributes(each: Json) -> Iterator[str]:
    attributes = each.get("attributes", {})
    if unknown := each.keys() - KEYS:
        yield f"unknown keys {', '.join(sorted(unknown))}"
    if not attributes.get("title"):
        yield "has no title"
    if unknown := attributes.keys() - ATTRIBUTES[each["type"]]:
        yield f"unknown attributes {', '.join(sorted(unknown))}"
    for name in sorted(TEXTS & attributes.keys()):
        if not _is_json(attributes[name]):
            yield f"its {name} is not JSON as a text"


def _versions(each: Json) -> Iterator[str]:
    """Without a version the importer runs every migration there is; with too high a one, none."""
    for type_, version in each.get("migrationVersion", {}).items():
        last = MIGRATIONS.get(type_)
        if last is None or type_ != each["type"]:
            yield f"migrationVersion names {type_!r}, expected its own type"
        elif number(version) > number(last):
            yield f"migrationVersion {version} is above {last}, which is the last"


def _references(each: Json, there: set[tuple[object, object]]) -> Iterator[str]:
    references = each.get("references", ())
    for one in references:
        if (one.get("type"), one.get("id")) not in there:
            yield f"refers to {one.get('type')} {one.get('id')!r}, which is missing"
    names = [one.get("name") for one in references]
    for name in sorted({name for name in names if names.count(name) > 1}, key=str):
        yield f"has two references named {name!r}"


def _search(each: Json) -> Iterator[str]:
    if SEARCH not in ATTRIBUTES[each["type"]]:
        return
    text = each.get("attributes", {}).get(SEARCH, {}).get("searchSourceJSON")
    if not _is_json(text):
        yield "its searchSourceJSON is not JSON as a text"
        return
    search = json.loads(text)
    names = {one.get("name"): one.get("type") for one in each.get("references", ())}
    wanted = [search.get("indexRefName")]
    wanted += [one.get("meta", {}).get("indexRefName") for one in search.get("filter", ())]
    for name in filter(None, wanted):
        if names.get(name) != "index-pattern":
            yield f"searches {name!r}, which no reference to an index pattern names"
    if search.get("query", {}).get("language", "kuery") not in {"kuery", "lucene"}:
        yield f"its query's language is {search['query']['language']!r}, not kuery or lucene"


def _is_json(text: object) -> bool:
    try:
        json.loads(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True
