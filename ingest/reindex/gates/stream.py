"""The versions of every document of an index, in the order of their ids, a page at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opensearchpy import OpenSearch

from connector.cluster import faults
from ingest.write.answer import unreadable
from mappings.index import ID, OURS

PAGE = 5_000
_DELETED = "connector.deleted"
_VERSION = "connector.versions."


@dataclass(frozen=True, slots=True)
class Row:
    """What the order of changes knows of one document: versions by stream, and if it is deleted."""

    versions: Mapping[str, int]
    deleted: bool


def pages(
    client: OpenSearch, index: str, groups: Sequence[str], page: int = PAGE
) -> Iterator[dict[str, Row]]:
    """Yield rows by id, in the order of the ids; from doc values, no document is unpacked."""
    body: dict[str, Any] = {
        "size": page,
        "track_total_hits": False,
        "query": OURS,
        "_source": False,
        "docvalue_fields": [_DELETED, *(f"{_VERSION}{group}" for group in groups)],
        "sort": [{ID: "asc"}],
    }
    while True:
        with faults(f"reading the versions in {index!r}"):
            hits = client.search(
                index=index, body=body, params={"allow_partial_search_results": "false"}
            )["hits"]["hits"]
        if hits:
            yield {hit["_id"]: _row(hit["fields"]) for hit in hits}
        if len(hits) < page:
            return
        body["search_after"] = hits[-1]["sort"]


def now(
    client: OpenSearch, index: str, ids: Sequence[str], groups: Sequence[str]
) -> dict[str, Row]:
    """Return the rows of some ids as they are, refreshed or not; those without one are missing."""
    with faults(f"reading documents of {index!r}"):
        found = client.mget(
            index=index,
            body={"ids": list(ids)},
            params={"_source_includes": f"connector.versions,{_DELETED}"},
        )["docs"]
    return {doc["_id"]: _stored(doc, index, groups) for doc in found if doc.get("found", True)}


def _row(fields: Mapping[str, Any]) -> Row:
    versions = {
        name.removeprefix(_VERSION): values[0]
        for name, values in sorted(fields.items())
        if name.startswith(_VERSION)
    }
    return Row(versions, fields[_DELETED][0])


def _stored(doc: Mapping[str, Any], index: str, groups: Sequence[str]) -> Row:
    if "error" in doc:
        raise unreadable(index, doc["error"])
    state = doc["_source"]["connector"]
    versions = {group: state["versions"][group] for group in groups if group in state["versions"]}
    return Row(versions, state["deleted"])
