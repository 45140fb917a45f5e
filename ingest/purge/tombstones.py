"""Tombstones that are old enough: how many there are, and their removal."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from connector.cluster import OVERLOADED, faults
from connector.errors import ClusterRefusedError, ClusterUnavailableError
from ingest.doctor.case import Case
from ingest.purge.guards import require_read, require_settled, waiting
from mappings.catalogue import STATE
from mappings.index import ID

Json = dict[str, Any]

DAY_MS = 86_400_000
# Read, and removed, by one request.
_AT_ONCE = 1_000
# Removed; somebody else did; written to since it was read.
_EXPECTED = (HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


@dataclass(frozen=True)
class Purged:
    """What a purge found and did.

    Attributes:
        index: the physical index.
        days: age of what was meant, at least.
        tombstones: how many are that old.
        kept: how many of them something else needs: a dead letter, or another stream's fields.
        removed: how many are gone now.
    """

    index: str
    days: int
    tombstones: int
    kept: int
    removed: int

    def as_json(self) -> Json:
        """Return it for scripts."""
        return asdict(self)


def purge(case: Case, days: int, dry_run: bool, report: Callable[[int, int], None]) -> Purged:
    """Remove the tombstones of an index that were last written `days` days ago, or earlier.

    One that is written to meanwhile stays. It may be stopped and run again.

    Args:
        case: the index with its topics.
        days: their age, by the clocks of the workers that wrote them.
        dry_run: whether to count only.
        report: called with how many were looked at, and how many there are.

    Raises:
        RefusedError: a change that is older than they are may still arrive; see `guards`.
        ConnectorError: a server is away or refuses.
    """
    require_settled(case)
    require_read(case, int(case.now() * 1000) - days * DAY_MS)
    products = frozenset(waiting(case))
    old = {"range": {"connector.indexed_at": {"lt": f"now-{days}d"}}}
    query = {"bool": {"filter": [{"term": {"connector.state": "deleted"}}, old]}}
    total, seen, kept, removed = case.count(query), 0, 0, 0
    for hits in _pages(case, query):
        free = [hit for hit in hits if _free(hit, products)]
        seen, kept = seen + len(hits), kept + len(hits) - len(free)
        if free and not dry_run:
            removed += _remove(case, free)
        report(seen, total)
    return Purged(case.live.physical, days, seen, kept, removed)


def _pages(case: Case, query: Json) -> Iterator[Sequence[Json]]:
    """Yield what a query finds in the order of the ids, some at a time; removals disturb nothing."""
    body = {
        "size": _AT_ONCE,
        "query": query,
        "sort": [{ID: "asc"}],
        "seq_no_primary_term": True,
    }
    while hits := case.search(body)["hits"]["hits"]:
        yield hits
        body["search_after"] = hits[-1]["sort"]


def _free(hit: Mapping[str, Any], products: Collection[str]) -> bool:
    """Whether nothing needs it: a price beside it would be missing if the product came back."""
    return hit["_source"].keys() == {STATE} and hit["_id"] not in products


def _remove(case: Case, hits: Sequence[Json]) -> int:
    """Remove what was not written to since it was read; return how many that were."""
    index = case.live.physical
    lines = [
        {
            "delete": {
                "_index": index,
                "_id": hit["_id"],
                "if_seq_no": hit["_seq_no"],
                "if_primary_term": hit["_primary_term"],
            }
        }
        for hit in hits
    ]
    with faults(f"removing tombstones of {index!r}"):
        answer = case.client.bulk(body=lines)
    items = [item["delete"] for item in answer["items"]]
    failed = [each for each in items if each["status"] not in _EXPECTED]
    if failed:
        status, said = failed[0]["status"], failed[0]["error"]["reason"]
        kind = ClusterUnavailableError if status in OVERLOADED else ClusterRefusedError
        raise kind(
            f"OpenSearch did not remove {len(failed):,} of {len(items):,} tombstones of {index!r} "
            f"({status}): {said}; run the command again when that is mended"
        )
    return sum(each["status"] == HTTPStatus.OK for each in items)
