"""Part of the reads goes to a new index before all of them do: the mark that says so, and for how long.

It stands in the mapping of the index that the alias leads to, as the `meta` of one of the
connector's own fields, and not in `_meta`: that is always written whole, so that of two who read it
and write it at the same time one would undo what the other wrote. It lapses unless it is renewed:
an index that nobody feeds any more is not to be searched. `connector mappings apply` takes it away,
until it is renewed.

https://docs.opensearch.org/latest/mappings/mapping-parameters/meta/
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from opensearchpy import OpenSearch

from connector.cluster import faults
from mappings.catalogue import STATE
from mappings.index import INDEXED_AT, MARKED, physical_name, version_in
from mappings.live import Json, LiveIndex

# Clocks agree within seconds; whoever reads the mark looks every ten.
LEASE_S = 60.0
RENEW_S = 20.0

_SPACE = 2**64


@dataclass(frozen=True)
class Canary:
    """Where part of the reads goes.

    Attributes:
        index: the new physical index.
        share: of query texts, 0 to 1.
        until: when it lapses, seconds since the epoch.
    """

    index: str
    share: float
    until: float

    def takes(self, text: str, clock: Callable[[], float] = time.time) -> bool:
        """Whether a query text is of the share; always the same ones, and more of a larger share."""
        place = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        return place < self.share * _SPACE and clock() < self.until


def canary_of(live: LiveIndex) -> Canary | None:
    """Return what an index is marked with."""
    found = live.mapping["properties"][STATE]["properties"][MARKED].get("meta")
    if not found:
        return None
    index = physical_name(live.alias, int(found["version"]))
    return Canary(index, float(found["share"]), float(found["until"]))


def mark(
    client: OpenSearch, physical: str, new: str, share: float, now: Callable[[], float] = time.time
) -> None:
    """Mark an index, or renew its mark; its readers follow within seconds.

    Raises:
        ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
    """
    # Strings of at most 50 characters are what may stand there: a name may be longer.
    meta = {"version": version_in(new), "share": share, "until": now() + LEASE_S}
    _write(client, physical, {"meta": {name: str(value) for name, value in meta.items()}})


def unmark(client: OpenSearch, physical: str) -> None:
    """Take the mark from an index; errors as `mark`."""
    _write(client, physical, {})


def _write(client: OpenSearch, physical: str, more: Json) -> None:
    field = {STATE: {"properties": {MARKED: {**INDEXED_AT, **more}}}}
    with faults(f"marking the index {physical!r}"):
        client.indices.put_mapping(index=physical, body={"properties": field})
