"""A slice: some documents of one shard of the old index, carried in one go or a few."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, Self

from ingest.reindex.run import Queue

# What became of a slice's documents. `streams` counts writes that went through, one for each stream
# of a document; `copied` and `embedded` are products by where their vectors came from.
COUNTS = (
    "documents",
    "streams",
    "copied",
    "embedded",
    "tombstones",
    "stale",
    "failed",
    "rejected",
    "encoder_texts",
)


@dataclass(frozen=True)
class Slice:
    """One slice, as the ledger keeps it.

    A document's sequence number changes only when it is written, and then what wrote it stands in
    the topics behind the offsets that the run noted: nobody has to hold a view of the index open
    for the slices to miss nothing.

    Attributes:
        run: the run's id.
        number: counts the run's slices from 0.
        shard: of the old index.
        first, last: sequence numbers, `first <= n < last`.
        documents: how many there were when it was cut.
        queue: who carries it.
        state: `open`, `claimed` by `owner` until `until` (seconds since the epoch), or `done`.
        attempts: how often it was claimed.
        at: the sequence number to go on from.
        counts: see `COUNTS`.
        rejected: some documents that the new index refused, with the cluster's words.
    """

    run: str
    number: int
    shard: int
    first: int
    last: int
    documents: int
    queue: Queue
    state: Literal["open", "claimed", "done"] = "open"
    owner: str = ""
    until: float = 0.0
    attempts: int = 0
    at: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    rejected: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its name, for people and for queues."""
        return f"{self.run}:{self.number:06d}"

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `as_json` wrote."""
        known = {each.name for each in fields(cls)}
        values = {name: value for name, value in kept.items() if name in known}
        return cls(**{**values, "rejected": tuple(values["rejected"])})

    def as_json(self) -> dict[str, Any]:
        """Return it as the ledger keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class SliceResult:
    """What one call of `ingest.reindex.carry.run_slice` came to.

    Attributes:
        slice_id: which.
        state: `done`; `open`, where time was up and it has to be carried on; `claimed`, where
            somebody else has it in hand and nothing was done.
        counts: of the slice so far; see `COUNTS`.
    """

    slice_id: str
    state: Literal["open", "claimed", "done"]
    counts: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return it as a task's result."""
        return asdict(self)
