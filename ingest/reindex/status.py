"""How a run stands, for people and for scripts."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from connector.errors import ConnectorError
from connector.settings import Settings
from ingest.reindex import groups, offsets
from ingest.reindex.gates.run import shown
from ingest.reindex.hold import alive
from ingest.reindex.ledger import Ledger, Progress
from ingest.reindex.run import ENDED, Run, State
from ingest.reindex.waiting import decisions
from mappings.gate import Verdict

_BACK = "connector reindex abort {id} deletes the new index"
_RESUME = "connector reindex resume {id}"


@dataclass(frozen=True)
class Group:
    """The workers of one of the two indices.

    Attributes:
        index: which.
        members: how many there are.
        behind: records of the topics that they have not finished; None where that is not known.
    """

    index: str
    members: int
    behind: int | None


@dataclass(frozen=True)
class Status:
    """A run at one moment.

    Attributes:
        run: as the ledger has it.
        progress: of its slices.
        alive: whether a command has it in hand.
        groups: who feeds the two indices; empty once the run has ended.
    """

    run: Run
    progress: Progress
    alive: bool
    groups: tuple[Group, ...]

    @property
    def following(self) -> str:
        """What to type next; empty where nothing is to be done."""
        run = self.run
        if run.state is State.ROLLED_BACK:
            return _BACK.format(id=run.id)
        if run.state is State.SWITCHED or self.alive:
            return ", or ".join(decisions(run))
        return "" if run.state in ENDED else _RESUME.format(id=run.id)

    def as_json(self) -> dict[str, Any]:
        """Return it for scripts; the catalogue is left out."""
        run = {key: value for key, value in self.run.as_json().items() if key != "body"}
        return {
            **run,
            "alive": self.alive,
            "progress": asdict(self.progress),
            "groups": [asdict(each) for each in self.groups],
            "next": self.following,
        }

    def lines(self) -> Iterator[str]:
        """Yield it as one screen."""
        run, done = self.run, self.progress
        hand = f"in hand of {run.driver}" if self.alive else "in nobody's hand"
        yield f"{run.id}: {run.state} ({hand if run.state not in ENDED else 'ended'})"
        yield f"  {run.old} -> {run.id}, from {run.source}, slices by {run.workers} ({run.queue})"
        for state, at in sorted(run.entered.items(), key=lambda pair: pair[1]):
            yield f"  {state:<12} {_local(at)}"
        if done.slices:
            counts = ", ".join(f"{name} {n:,}" for name, n in done.counts.items() if n)
            yield f"  slices {done.done:,} of {done.slices:,}: {counts}"
        if run.canary is not None and run.state not in ENDED:
            yield f"  canary {run.canary:.0%} of query texts"
        for group in self.groups:
            behind = "unknown" if group.behind is None else f"{group.behind:,}"
            yield f"  {group.index}: {group.members} worker(s), {behind} records behind"
        verdicts = [Verdict(**each) for each in run.verdicts]
        yield from (f"  {line}" for line in shown(verdicts, run.overridden))
        if run.trouble:
            yield f"  stopped: {run.trouble}"
        if self.following:
            yield f"  next: {self.following}"


def status_of(settings: Settings, ledger: Ledger, run: Run) -> Status:
    """Look at a run."""
    fed = () if run.state in ENDED else (run.old, run.id)
    looked = tuple(_group(settings, run, index) for index in fed)
    return Status(run, ledger.progress(run), alive(run), looked)


def _group(settings: Settings, run: Run, index: str) -> Group:
    kafka = settings.kafka
    try:
        members = groups.members(kafka, index)
        goal = offsets.ends(kafka, list(run.offsets)) if run.offsets else {}
        return Group(index, members, offsets.behind(kafka, index, goal) if goal else None)
    except ConnectorError:
        return Group(index, 0, None)


def _local(at: str) -> str:
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def watch(settings: Settings, ledger: Ledger, run_id: str, every_s: float) -> Iterator[Status]:
    """Yield a run's status every so often, until it has ended."""
    while True:
        status = status_of(settings, ledger, ledger.run(run_id))
        yield status
        if status.run.state in ENDED:
            return
        time.sleep(every_s)
