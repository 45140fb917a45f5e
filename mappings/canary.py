"""Part of the reads goes to a new index before all of them do: the mark that says so, and for how long.

It stands in the mapping's `_meta.connector.canary` of the index that the alias leads to. It lapses
unless it is renewed: an index that nobody feeds any more is not to be searched.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from opensearchpy import OpenSearch

from connector.cluster import faults
from mappings.live import LiveIndex, open_physical

NAME = "canary"
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
    found = live.meta.get(NAME)
    return Canary(**found) if found else None


def mark(
    client: OpenSearch, physical: str, new: str, share: float, now: Callable[[], float] = time.time
) -> None:
    """Mark an index, or renew its mark; its readers follow within seconds.

    Raises:
        ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
    """
    _write(client, physical, Canary(new, share, now() + LEASE_S))


def unmark(client: OpenSearch, physical: str) -> None:
    """Take the mark from an index; errors as `mark`."""
    _write(client, physical, None)


def _write(client: OpenSearch, physical: str, canary: Canary | None) -> None:
    meta = open_physical(client, physical).meta
    rest = {name: value for name, value in meta.items() if name != NAME}
    after = {**rest, NAME: asdict(canary)} if canary else rest
    if after == meta:
        return
    with faults(f"marking the index {physical!r}"):
        client.indices.put_mapping(index=physical, body={"_meta": {"connector": after}})
