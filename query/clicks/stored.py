"""The pages and clicks that the indices of behaviour hold."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from opensearchpy import OpenSearch

from query.clicks.log import Page
from query.ubi.indices import Names
from query.ubi.privacy import plain

Json = dict[str, Any]

_AT_ONCE = 2000
_KEEP_ALIVE = "2m"
ACTIONS = ("click", "add_to_cart", "purchase")
_SHOWN = ("query_id", "client_id", "user_query", "query_response_hit_ids", "query_attributes.from")
_DONE = ("query_id", "event_attributes.object.object_id")


def pages(
    client: OpenSearch, names: Names, catalogue: str, days: int, known: Mapping[str, str]
) -> list[Page]:
    """Return the pages of the last days in the order of time, with what was clicked.

    A click on a product that the page did not have is no click on it.

    Args:
        client: that may read the indices.
        names: of the indices.
        catalogue: alias that was searched.
        days: that count.
        known: query id by what is stored of the query, without case; others are left out. Empty:
            every query counts, under what is stored of it.
    """
    since = {"range": {"timestamp": {"gte": f"now-{days}d"}}}
    shown: list[Json] = [since, {"term": {"query_attributes.catalogue": catalogue}}]
    done: list[Json] = [since, {"terms": {"action_name": list(ACTIONS)}}]
    clicks: dict[str, set[str]] = defaultdict(set)
    for event in scan(client, names.events, done, _DONE):
        object_ = event.get("event_attributes", {}).get("object", {})
        clicks[event.get("query_id", "")].add(object_.get("object_id", ""))
    return list(_pages(scan(client, names.queries, shown, _SHOWN), clicks, known))


def _pages(
    queries: Iterable[Json], clicks: Mapping[str, set[str]], known: Mapping[str, str]
) -> Iterator[Page]:
    for query in queries:
        asked = plain(query["user_query"])
        if known and asked not in known:
            continue
        ids = tuple(query["query_response_hit_ids"])
        mine = clicks.get(query["query_id"], set())
        yield Page(
            query=known.get(asked, asked),
            ids=ids,
            clicked=tuple(place for place, id_ in enumerate(ids) if id_ in mine),
            from_=query.get("query_attributes", {}).get("from", 0),
            client=query.get("client_id", ""),
        )


def scan(
    client: OpenSearch, index: str, conditions: list[Json], fields: Iterable[str]
) -> Iterator[Json]:
    """Yield the sources of all documents that meet the conditions, by time, as they stand now."""
    pit = client.create_pit(index=index, params={"keep_alive": _KEEP_ALIVE})["pit_id"]
    body: Json = {
        "size": _AT_ONCE,
        "query": {"bool": {"filter": conditions}},
        "sort": [{"timestamp": "asc"}, {"_id": "asc"}],
        "_source": list(fields),
        "pit": {"id": pit, "keep_alive": _KEEP_ALIVE},
        "track_total_hits": False,
    }
    try:
        while found := client.search(body=body)["hits"]["hits"]:
            yield from (hit["_source"] for hit in found)
            body = {**body, "search_after": found[-1]["sort"]}
    finally:
        client.delete_pit(body={"pit_id": [pit]})
