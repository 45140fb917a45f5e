"""What a reindex run is and remembers: its state, from planned to finished."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, Literal, Self

Source = Literal["index", "log"]
# Which workers carry a run's slices: those that compute vectors, or those that only copy.
Queue = Literal["embed", "copy"]


class State(StrEnum):
    """Where a run stands; docs/reindex.md says what each means and what to type."""

    PLANNED = "planned"
    CREATED = "created"
    BACKFILLING = "backfilling"
    FOLLOWING = "following"
    GATING = "gating"
    CANARY = "canary"
    SWITCHED = "switched"
    FINISHED = "finished"
    ROLLED_BACK = "rolled back"
    ABORTED = "aborted"


# Nothing is done in these any more.
ENDED = frozenset({State.FINISHED, State.ROLLED_BACK, State.ABORTED})
# The alias still leads to the old index.
BEFORE_SWITCH = frozenset(
    {
        State.PLANNED,
        State.CREATED,
        State.BACKFILLING,
        State.FOLLOWING,
        State.GATING,
        State.CANARY,
    }
)


@dataclass(frozen=True)
class Run:
    """One reindex, as the ledger keeps it.

    Attributes:
        id: the new physical index's name.
        catalogue: the alias.
        old: the physical index that the alias led to when the run was planned.
        body: the new catalogue.
        source: what the new index is filled from: the old one, or the topics from their start.
        workers: who carries the slices: `local` or `celery`.
        queue: what carrying a slice takes.
        state: see `State`.
        entered: when each state was entered, ISO 8601.
        offsets: where the new index's group begins, by topic and partition; what is below them is
            in the old index. See `ingest.reindex.offsets`.
        covered: by shard of the old index the sequence number below which slices are made.
        slices: how many there are.
        passes: how often slices were made: of all documents, then of those written meanwhile.
        verdicts: of the gates, as they were last asked.
        overridden: gates that may fail, by name.
        rate: documents per second at most, where the operator sets a cap.
        windows: times of day in which slices are carried; any where there are none.
        canary: share of query texts, 0 to 1, that searches the new index before the switch; None
            where the gates alone decide, 1 once all of them are to.
        queries, qrels: files of golden queries and their judgments, where there are any.
        driver: the command that has the run in hand; empty where none has.
        beat: when it last said so, seconds since the epoch.
        trouble: why the last command stopped; empty where it did not.
    """

    id: str
    catalogue: str
    old: str
    body: Mapping[str, Any]
    source: Source = "index"
    workers: str = "local"
    queue: Queue = "copy"
    state: State = State.PLANNED
    entered: Mapping[str, str] = field(default_factory=dict)
    offsets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    covered: Mapping[str, int] = field(default_factory=dict)
    slices: int = 0
    passes: int = 0
    verdicts: tuple[Mapping[str, Any], ...] = ()
    overridden: tuple[str, ...] = ()
    rate: float | None = None
    windows: tuple[str, ...] = ()
    canary: float | None = None
    queries: str | None = None
    qrels: str | None = None
    driver: str = ""
    beat: float = 0.0
    trouble: str = ""

    @property
    def partly(self) -> bool:
        """Whether only part of the searches is to reach the new index."""
        return self.canary is not None and self.canary < 1

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `as_json` wrote."""
        known = {each.name for each in fields(cls)}
        values = {name: value for name, value in kept.items() if name in known}
        values["state"] = State(values["state"])
        values["verdicts"] = tuple(values["verdicts"])
        for name in ("overridden", "windows"):
            values[name] = tuple(values.get(name, ()))
        return cls(**values)

    def as_json(self) -> dict[str, Any]:
        """Return it as the ledger keeps it."""
        return asdict(self)
