"""The JSON Schema of a response and its evidence, made from the dataclasses and their docstrings.

`evidence.schema.json` beside this file is what `text` returned when it was written; `make docs`
writes it again, and the same to docs/.
"""

import dataclasses
import inspect
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter

from query.response import EVIDENCE_VERSION, SearchResponse, Term

Json = dict[str, Any]

FILE = "evidence.schema.json"

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ATTRIBUTE = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)
_TOTAL = {
    "type": "object",
    "properties": {"value": {"type": "integer"}, "relation": {"enum": ["eq", "gte"]}},
    "required": ["value", "relation"],
    "additionalProperties": False,
}


def published() -> Json:
    """Return the schema that ships with the package."""
    read: Json = json.loads(files("query.explain").joinpath(FILE).read_text("utf-8"))
    return read


def text() -> str:
    """Return the schema as a file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def schema() -> Json:
    """Return the schema of `SearchResponse.as_json`, draft 2020-12: no key may be missing or new."""
    made = TypeAdapter(SearchResponse).json_schema(mode="serialization")
    classes = _classes(SearchResponse)
    parts = {name: _described(part, classes[name]) for name, part in made["$defs"].items()}
    parts["Term"] = _with_share(parts["Term"])
    return {
        "$schema": _DIALECT,
        "$id": f"urn:hybrid-search-connector:evidence:{EVIDENCE_VERSION}",
        "title": "A page of hits with its evidence",
        **_on_the_wire(_described(made, SearchResponse)),
        "$defs": dict(sorted(parts.items())),
    }


def _classes(of: type) -> dict[str, type]:
    """Return a dataclass and all that its attributes are made of, by name."""
    found = {of.__name__: of}
    for hint in get_type_hints(of).values():
        for part in _within(hint):
            if dataclasses.is_dataclass(part) and isinstance(part, type):
                found |= _classes(part)
    return found


def _within(hint: Any) -> Iterator[Any]:
    yield hint
    for part in get_args(hint):
        yield from _within(part)


def _described(part: Json, of: type) -> Json:
    """Return an object's schema with the docstring's words, every key required."""
    told = inspect.getdoc(of) or ""
    meanings = {name: " ".join(said.split()) for name, said in _ATTRIBUTE.findall(told)}
    properties = {
        name: {**_plain(value), "description": _null(meanings[name])}
        for name, value in part["properties"].items()
    }
    return {
        "type": "object",
        "description": " ".join(told.split("\n\nAttributes:")[0].split()),
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _plain(value: Json) -> Json:
    return {key: one for key, one in value.items() if key not in {"title", "default"}}


def _null(said: str) -> str:
    return re.sub(r"\bNone\b", "null", said)


def _with_share(term: Json) -> Json:
    """Return a term's schema with what it computes from the others."""
    share = {"type": "number", "description": inspect.getdoc(Term.share)}
    properties = {**term["properties"], "share": share}
    return {**term, "properties": properties, "required": list(properties)}


def _on_the_wire(whole: Json) -> Json:
    """Return the response's schema with its version first and its total in one place."""
    rest = {name: one for name, one in whole["properties"].items() if name != "relation"}
    said = f"{rest['total']['description']} {whole['properties']['relation']['description']}"
    version = {"const": EVIDENCE_VERSION, "description": "Of this shape."}
    properties = {"evidence_version": version, **rest, "total": {**_TOTAL, "description": said}}
    return {**whole, "properties": properties, "required": list(properties)}
