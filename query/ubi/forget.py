"""One person's behaviour is removed, whole: what they did, and the rankings it was done to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from opensearchpy import OpenSearch

from connector.errors import ClusterUnavailableError
from query.ubi.indices import Names

Json = dict[str, Any]

_FIELDS = (
    "client_id",
    "user_id",
    "session_id",
    "query_attributes.user_id",
    "query_attributes.session_id",
)
# Terms of one query, below the 65,536 that the engine allows.
_AT_ONCE = 10_000
_TRIES = 5


@dataclass(frozen=True)
class Forgotten:
    """How many documents were removed."""

    queries: int
    events: int


def forget(client: OpenSearch, names: Names, person: str) -> Forgotten:
    """Remove every document of a person, and every other of a query that is theirs.

    Somebody who signs in halfway has asked without an account before: the query's id joins the two.
    No search finds them from then on; the next `apply` merges the files they stood in.

    Args:
        client: with the right to delete.
        names: of the indices.
        person: pseudonym of a user, client or session.

    Raises:
        ClusterUnavailableError: documents kept being written; the same call may succeed later.
    """
    theirs = {"bool": {"should": [{"term": {field: person}} for field in _FIELDS]}}
    both = f"{names.queries},{names.events}"
    client.indices.refresh(index=both)
    ids = list(_query_ids(client, both, theirs))
    parts = [ids[begin : begin + _AT_ONCE] for begin in range(0, len(ids), _AT_ONCE)]
    wanted: list[Json] = [theirs, *({"terms": {"query_id": part}} for part in parts)]
    queries = sum(_deleted(client, names.queries, query) for query in wanted)
    events = sum(_deleted(client, names.events, query) for query in wanted)
    return Forgotten(queries, events)


def _query_ids(client: OpenSearch, index: str, query: Json) -> Iterator[str]:
    """Yield the ids of all queries that have a document under `query`."""
    pages: Json = {"size": _AT_ONCE, "sources": [{"id": {"terms": {"field": "query_id"}}}]}
    while True:
        body = {"size": 0, "query": query, "aggs": {"ids": {"composite": pages}}}
        found = client.search(index=index, body=body)["aggregations"]["ids"]
        yield from (bucket["key"]["id"] for bucket in found["buckets"])
        if "after_key" not in found:
            return
        pages = {**pages, "after": found["after_key"]}


def _deleted(client: OpenSearch, index: str, query: Json) -> int:
    """Delete until nothing is left; a document that is written meanwhile is met again."""
    params = {"refresh": "true", "conflicts": "proceed"}
    deleted = 0
    for _ in range(_TRIES):
        answer = client.delete_by_query(index=index, body={"query": query}, params=params)
        deleted += int(answer["deleted"])
        if not client.count(index=index, body={"query": query})["count"]:
            return deleted
    raise ClusterUnavailableError(
        f"{index!r} still holds documents of this person after {_TRIES} tries, for they are written "
        "meanwhile; run the command again"
    )
