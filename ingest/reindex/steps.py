"""The protocol, state by state. Every step may be done again from its beginning."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from itertools import count
from pathlib import Path

from connector.errors import RefusedError
from ingest.reindex import cutover, indices, offsets
from ingest.reindex.case import Case
from ingest.reindex.gates.run import judge, require_passed
from ingest.reindex.ledger import Progress
from ingest.reindex.ranges import ranges_of, refresh, shards_of
from ingest.reindex.run import State
from ingest.reindex.sharing import Sharing
from ingest.reindex.slices import Slice
from mappings.gate import Crossing
from mappings.live import open_index, open_physical

# Slices of all documents, then of those that were written while the first were carried: fewer are
# left for the tail to embed, and what was mended meanwhile, which no topic tells of, is not missed.
PASSES = 2
_LOOK_S = 1.0


def create(case: Case) -> None:
    """Note where the new group begins, then create the index: nothing is read before that."""
    run, kafka, topics = case.run, case.settings.kafka, case.catalogue.topics
    if run.source == "log":
        begin = offsets.beginnings(kafka, topics)
    else:
        begin = offsets.committed(kafka, run.old, topics)
    case.note(offsets=begin)
    offsets.set_commits(kafka, run.id, begin)
    old = open_physical(case.client, run.old)
    indices.create(case.client, run.id, case.catalogue, case.contract, old)
    case.enter(State.CREATED)


def cut(case: Case) -> None:
    """Cut the old index into slices; a log needs none."""
    if case.run.source == "log":
        indices.restore(case.client, case.run.id, case.catalogue)
        case.enter(State.FOLLOWING)
        return
    _cut(case)
    case.enter(State.BACKFILLING)


def _cut(case: Case) -> None:
    """Enter slices of what was not covered yet; done twice, the same numbers are entered twice."""
    refresh(case.client, case.run.old)
    covered = dict(case.run.covered)
    made = list(_slices(case, covered))
    case.ledger.cut(made)
    case.note(slices=case.run.slices + len(made), covered=covered, passes=case.run.passes + 1)


def _slices(case: Case, covered: dict[str, int]) -> Iterator[Slice]:
    run, numbers = case.run, count(case.run.slices)
    old = open_physical(case.client, run.old)
    for shard in shards_of(old.settings):
        first = covered.get(str(shard), 0)
        size = case.settings.reindex.slice_documents
        found, covered[str(shard)] = ranges_of(case.client, run.old, shard, first, size)
        for start, end, documents in found:
            yield Slice(run.id, next(numbers), shard, start, end, documents, run.queue, at=start)


def backfill(case: Case) -> None:
    """Have all slices carried, then give the index back what it did without.

    Raises:
        RefusedError: the new index refused documents.
    """

    def report(progress: Progress) -> None:
        done, total = progress.counts["documents"], progress.documents
        case.bar.update(done, total, f"{progress.counts['encoder_texts']:,} texts embedded")

    while True:
        case.executor.carry(case.run, case.stop, report)
        case.check()
        if case.run.passes >= PASSES:
            break
        _cut(case)
    _require_taken(case)
    indices.restore(case.client, case.run.id, case.catalogue)
    case.enter(State.FOLLOWING)


def _require_taken(case: Case) -> None:
    refused = case.ledger.progress(case.run).counts["rejected"]
    if refused:
        raise RefusedError(
            f"{case.run.id!r} refused {refused} documents that {case.run.old!r} has: "
            f"{'; '.join(case.ledger.rejected(case.run)[:3])}; mend the catalogue, then "
            "`connector reindex abort` and start again"
        )


def follow(case: Case) -> None:
    """Follow the topics from the noted offsets until the new index has what they have."""
    offsets.require_kept(case.settings.kafka, case.run.id, case.catalogue.topics)
    case.feed(case.run.id)
    case.catch_up(case.run.id)
    case.enter(State.GATING)


def gate(case: Case) -> None:
    """Ask the gates, then let the alias lead to the new index, or part of the reads at first.

    Raises:
        GateRefusedError: one said no that nobody overrides.
        RefusedError: settings are not what they were before the backfill, or the alias has moved.
    """
    run = case.run
    if open_index(case.client, run.catalogue).physical != run.id:
        case.feed(run.id)
        verdicts = judge(_crossing(case), run.overridden, case.bar)
        case.note(verdicts=tuple(asdict(verdict) for verdict in verdicts))
        require_passed(verdicts, run.overridden, run.id)
        indices.require_lasting(case.client, run.id, case.catalogue)
        indices.await_copies(case.client, run.id, case.stop.wait)
        case.catch_up(run.id)
        case.check()
        if case.run.partly:
            case.enter(State.CANARY)
            return
        cutover.switch(case.client, run.catalogue, run.old, run.id)
    case.enter(State.SWITCHED)


def _crossing(case: Case) -> Crossing:
    run = case.run
    old, new = (open_physical(case.client, name) for name in (run.old, run.id))
    queries, qrels = (Path(name) if name else None for name in (run.queries, run.qrels))
    return Crossing(case.client, case.settings, old, new, run.source, queries, qrels)


def share(case: Case) -> None:
    """Let part of the reads reach the new index until somebody decides; both indices are fed.

    The mark is taken back however this ends, and lapses where the command is killed.
    """
    _feed_both(case)
    case.waiting(case.run)
    looks = Sharing(case)
    try:
        case.each(_LOOK_S, looks.over)
    finally:
        looks.end()
    if case.run.state is State.CANARY:
        # Days may have passed: what held of the new index then has to hold now.
        case.enter(State.GATING)


def keep(case: Case) -> None:
    """Feed both indices until somebody decides: the way back stays open."""
    _feed_both(case)
    case.bar.update(0, None, "both indices are fed; finish or rollback")
    case.waiting(case.run)
    case.each(_LOOK_S, lambda: case.look().state is not State.SWITCHED)


def _feed_both(case: Case) -> None:
    for index in (case.run.id, case.run.old):
        case.feed(index)


STEPS: Mapping[State, Callable[[Case], None]] = {
    State.PLANNED: create,
    State.CREATED: cut,
    State.BACKFILLING: backfill,
    State.FOLLOWING: follow,
    State.GATING: gate,
    State.CANARY: share,
    State.SWITCHED: keep,
}
