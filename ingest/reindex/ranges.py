"""The old index is cut into slices: ranges of sequence numbers, shard by shard."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from opensearchpy import OpenSearch

from connector.cluster import faults
from mappings.index import OURS

# Finer than this nobody looks at a shard at once; a cluster takes 65,535 buckets.
_BUCKETS = 2_000

Range = tuple[int, int, int]
"""First sequence number, the one after the last, and how many documents there were."""


def shards_of(settings: Mapping[str, Any]) -> range:
    """Return the numbers of an index's shards, by its flat settings."""
    return range(int(settings["index.number_of_shards"]))


def refresh(client: OpenSearch, index: str) -> None:
    """Let every write so far be found."""
    with faults(f"refreshing {index!r}"):
        client.indices.refresh(index=index)


def ranges_of(
    client: OpenSearch, index: str, shard: int, first: int, size: int
) -> tuple[list[Range], int]:
    """Cut a shard's documents into ranges.

    Args:
        client: OpenSearch.
        index: a physical index, refreshed.
        shard: its number.
        first: sequence number of the first document that matters.
        size: documents of one range, about.

    Returns:
        The ranges, which follow one another without a gap, and the sequence number after them.
    """
    query = {"bool": {"filter": [{"range": {"_seq_no": {"gte": first}}}, OURS]}}
    bounds = {name: {name: {"field": "_seq_no"}} for name in ("min", "max")}
    found = _ask(client, index, shard, query, bounds)
    if found["max"]["value"] is None:
        return [], first
    end = int(found["max"]["value"]) + 1
    interval = max(1, math.ceil((end - first) / _BUCKETS))
    histogram = {
        "field": "_seq_no",
        "interval": interval,
        "offset": first % interval,
        "min_doc_count": 1,
    }
    buckets = _ask(client, index, shard, query, {"by": {"histogram": histogram}})["by"]["buckets"]
    counted = [(int(each["key"]), int(each["doc_count"])) for each in buckets]
    return list(merge(counted, interval, first, end, size)), end


def merge(
    buckets: Sequence[tuple[int, int]], interval: int, first: int, end: int, size: int
) -> Iterator[Range]:
    """Yield ranges of about `size` documents each, at most two for every `size` there are.

    Args:
        buckets: first sequence number and documents of each, in order, empty ones left out.
        interval: sequence numbers of a bucket.
        first: where the first range begins.
        end: where the last one ends.
        size: see above; a range has more only where a bucket's documents stand close together.
    """
    start, documents = first, 0
    parts = (_parts(key, count, min(interval, end - key), size) for key, count in buckets)
    for key, count in chain.from_iterable(parts):
        if documents and documents + count > size:
            yield start, key, documents
            start, documents = key, 0
        documents += count
    if documents:
        yield start, end, documents


def _parts(key: int, count: int, width: int, size: int) -> Iterator[tuple[int, int]]:
    """Cut a bucket that holds too many into even parts, as if its documents stood evenly in it.

    By its numbers alone, an index of which most numbers are overwritten would have a part, and so
    a slice, for every few documents.
    """
    pieces = math.ceil(count / size)
    for number in range(pieces):
        before = count * number // pieces
        yield key + width * number // pieces, count * (number + 1) // pieces - before


def _ask(
    client: OpenSearch, index: str, shard: int, query: dict[str, Any], aggregations: dict[str, Any]
) -> dict[str, Any]:
    with faults(f"looking at shard {shard} of {index!r}"):
        answer = client.search(
            index=index,
            body={"size": 0, "query": query, "aggs": aggregations},
            params={
                "preference": f"_shards:{shard}|_primary",
                "allow_partial_search_results": "false",
            },
        )
    found: dict[str, Any] = answer["aggregations"]
    return found
