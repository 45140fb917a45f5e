"""One slice is carried from the old index to the new one, page by page."""

import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connector.cluster import faults
from connector.settings import Settings
from ingest.reindex.ledger import Held
from ingest.reindex.move import move
from ingest.reindex.passage import Passage, open_passage
from ingest.reindex.slices import Slice, SliceResult
from ingest.reindex.throttle.watch import GROUP
from mappings.index import OURS

# No page is begun later than this: a call ends within a minute, and what is left stays open.
BEGIN_S = 40.0
# Of a slice's refused documents so many are named.
_NAMED = 5


def run_slice(
    settings: Settings,
    run_id: str,
    slice_id: str,
    owner: str | None = None,
    pace: Callable[[int], None] = lambda _: None,
) -> SliceResult:
    """Carry one slice, for as long as a minute allows; the ledger keeps how far it came.

    Doing it twice does nothing the second time, also when the first ended in the middle of it; nor
    does doing it once the run has ended.

    Args:
        settings: how to reach the servers, and where the model runs.
        run_id: the run.
        slice_id: one of its slices.
        owner: who carries it: the same name may take up again what it had in hand. By default
            this thread's.
        pace: called with the number of documents before they are written; returns when they may be.

    Raises:
        RetryLaterError: OpenSearch is busy or away; the slice is anybody's after
            `ingest.reindex.ledger.LEASE_S`, and this owner's at once.
        StopError, RefusedError, UsageError: somebody has to change something.
    """
    passage = open_passage(settings, run_id)
    held = None if passage.over else passage.ledger.claim(slice_id, owner or this_thread())
    if held is None:
        there = passage.ledger.slice(slice_id)
        state = "claimed" if there.state == "open" else there.state
        return SliceResult(slice_id, state, there.counts)
    begun = time.monotonic()
    while held.slice.state == "claimed" and time.monotonic() - begun < BEGIN_S:
        if passage.over:
            break
        saved = passage.ledger.save(_page(passage, held, pace))
        if saved is None:
            return SliceResult(slice_id, "claimed", held.slice.counts)
        held = saved
    if held.slice.state == "claimed":
        held = passage.ledger.save(replace(held, slice=replace(held.slice, state="open"))) or held
    return SliceResult(slice_id, held.slice.state, held.slice.counts)


def this_thread() -> str:
    """Return a name that no other thread of any machine has."""
    return f"{socket.gethostname()}-{os.getpid()}-{threading.get_ident()}"


def _page(passage: Passage, held: Held, pace: Callable[[int], None]) -> Held:
    """Carry the next documents and return the slice as it is then."""
    one = held.slice
    hits = passage.patience.insist(lambda: _read(passage, one))
    pace(len(hits))
    done = move(passage, [passage.reader.read(hit["_id"], hit["_source"]) for hit in hits])
    counts = dict(Counter(one.counts) + done.counts)
    rejected = (*one.rejected, *done.rejected)[:_NAMED]
    whole = len(hits) < passage.page
    at = one.last if whole else hits[-1]["sort"][0] + 1
    after = replace(
        one, at=at, counts=counts, rejected=rejected, state="done" if whole else "claimed"
    )
    return replace(held, slice=after)


def _read(passage: Passage, one: Slice) -> list[Mapping[str, Any]]:
    """Return the next documents of a slice, in the order of their sequence numbers."""
    body = {
        "size": passage.page,
        "query": {
            "bool": {"filter": [{"range": {"_seq_no": {"gte": one.at, "lt": one.last}}}, OURS]}
        },
        "sort": [{"_seq_no": "asc"}],
        "track_total_hits": False,
        "stats": [GROUP],
        "_source": {"excludes": [*passage.reader.excluded, "connector.sketch"]},
    }
    # A copy that lags behind the primary, or half an answer, would leave documents out.
    params = {
        "preference": f"_shards:{one.shard}|_primary",
        "allow_partial_search_results": "false",
    }
    with faults(f"reading {passage.run.old!r}"):
        found: list[Mapping[str, Any]] = passage.client.search(
            index=passage.run.old, body=body, params=params
        )["hits"]["hits"]
    return found
