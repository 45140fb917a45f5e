"""Creating the history's indices and writing to them."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from opensearchpy import OpenSearch

from connector.cluster import faults
from connector.errors import ClusterRefusedError
from mappings.history.fields import FIELDS

Json = dict[str, Any]

_EXISTS = 400
_AT_ONCE = 2_000


def body(index: str) -> Json:
    """Return settings and strict mapping of one of the indices."""
    properties = {name: {"type": field.type} for name, field in FIELDS[index].items()}
    return {
        "settings": {"index": {"number_of_shards": "1", "auto_expand_replicas": "0-1"}},
        "mappings": {"dynamic": "strict", "properties": properties},
    }


def template(index: str) -> Json:
    """Return the index template, for the index and whatever it is rolled over to."""
    return {"index_patterns": [f"{index}*"], "priority": 200, "template": body(index)}


def ensure(client: OpenSearch, index: str) -> list[str]:
    """Write the template and create the index where it is missing; return what was done.

    New fields of a later version are added in place.

    Raises:
        ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
    """
    with faults(f"creating the index {index!r}"):
        client.indices.put_index_template(name=index, body=template(index))
        if client.indices.exists(index=index):
            client.indices.put_mapping(index=index, body=body(index)["mappings"])
            return []
        # Somebody else may have been quicker.
        client.indices.create(index=index, body=body(index), params={"ignore": _EXISTS})
    return [f"created the index {index!r} and its template"]


def record(client: OpenSearch, index: str, documents: Iterable[Json]) -> int:
    """Write documents, each once however often it is recorded; return how many.

    Raises:
        ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
    """
    with faults(f"looking for the index {index!r}"):
        there = client.indices.exists(index=index)
    if not there:
        ensure(client, index)
    lines: list[Json] = []
    for each in documents:
        lines += [{"index": {"_id": identity(index, each)}}, each]
    for start in range(0, len(lines), _AT_ONCE):
        with faults(f"writing to {index!r}"):
            _write(client, index, lines[start : start + _AT_ONCE])
    return len(lines) // 2


def identity(index: str, document: Json) -> str:
    """Return the id of a document: a hash of everything in it that is no measurement."""
    fields = FIELDS[index]
    named = {
        name: value
        for name, value in sorted(document.items())
        if fields[name].type in {"keyword", "date"} or name == "partition"
    }
    return hashlib.blake2b(repr(named).encode(), digest_size=12).hexdigest()


def stamp(at: datetime | None = None) -> str:
    """Return a time (now, when left out) in UTC, ISO 8601, milliseconds."""
    moment = (at or datetime.now(UTC)).astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _write(client: OpenSearch, index: str, lines: list[Json]) -> None:
    answer = client.bulk(body=lines, index=index, params={"refresh": "true"})
    for item in answer["items"] if answer["errors"] else ():
        error = item["index"].get("error")
        if error:
            raise ClusterRefusedError(
                f"{index!r} does not take a document: {error.get('reason')}; where another version "
                "of the connector made the index, run `connector dashboards apply`"
            )
