"""What a run did, counted."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ingest.write.item import Result, Write
from ingest.write.outcome import Outcome

# Everything a summary shows, in its order. `records` are Kafka's; each ends as one of the others
# (`ignored`: a tombstone after a delete event). `encoder_texts` counts the model's work, of which
# `truncated` were longer than its window; `removed` are gone unread; `rebalances` and `stalls` count
# what held the flow up.
NAMES = (
    "records",
    "embedded",
    "unchanged",
    "stale",
    "deleted",
    "ignored",
    "dead_letters",
    "failed",
    "mended",
    "encoder_texts",
    "truncated",
    "removed",
    "rebalances",
    "stalls",
)


class Tally(Counter[str]):
    """Counts by name; see NAMES."""

    def note(self, writes: Iterable[Write], results: Iterable[Result]) -> None:
        """Count finished writes by what became of them."""
        for write, result in zip(writes, results, strict=True):
            if result.outcome is Outcome.STALE:
                self["stale"] += 1
            elif result.outcome is Outcome.OK:
                self[_done(write)] += 1

    def summary(self, seconds: float) -> dict[str, Any]:
        """Return all counts, the time in seconds and the records per second."""
        rate = self["records"] / seconds if seconds else 0.0
        counts = {name: self[name] for name in NAMES}
        return {**counts, "seconds": round(seconds, 2), "records_per_s": round(rate, 1)}


def _done(write: Write) -> str:
    if write.change.fields is None:
        return "deleted"
    if write.change.record is None:
        return "mended" if write.vectors is not None else "failed"
    if write.state == "failed":
        return "failed"
    return "unchanged" if write.vectors is None else "embedded"
