"""The worker: polls Kafka, keeps batches under way, commits what is finished, stops cleanly."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from connector.broker import Joins, Losses
from connector.errors import RetryLaterError
from connector.memory import give_back
from connector.settings import IngestSettings
from ingest.change import Position, ProductChange, Record
from ingest.flow.batch import Batch, Steps
from ingest.flow.goal import Goal
from ingest.flow.lag import LagReader
from ingest.flow.ledger import Ledger
from ingest.flow.mend import Mender
from ingest.flow.pipeline import Pipeline, Stage
from ingest.flow.removed import Removals
from ingest.flow.status import WorkerStatus
from ingest.flow.tally import Tally
from ingest.flow.watchdog import Watchdog
from ingest.flow.weight import Scale
from ingest.guard import Guard
from ingest.topic import Presence

log = logging.getLogger(__name__)

# Kafka hears from the worker at least this often, also while batches take their time.
POLL_EVERY_S = 3.0
# How long one poll waits for records.
POLL_MS = 200
# How often an idle worker looks for failed embeddings.
MEND_EVERY_S = 60.0
# How often memory that is free goes back to the system.
GIVE_BACK_EVERY_S = 15.0
# Batches written at the same time: while one waits to try failed items again, another is written.
WRITERS = 2
# A batch weighs at most this share of the queue bytes, so that every stage can have one.
SHARE = 5
# How long finishing what the model has begun may take before partitions are given up. The whole
# group waits for it, and would for 300 s (connector.broker.MAX_POLL_INTERVAL_MS): a batch of 500
# products takes a GPU less than a second and a small machine without one some 20 s.
HAND_OVER_S = 30.0
# The same before the end. Of the 20 s that a stop may take, 6 s at least are left for the threads
# to come back (END_S together), 3 s to leave the group (ingest.run.LEAVE_S), and 3 s for the rest.
DRAIN_S = 8.0
END_S = 14.0


@dataclass
class Worker:
    """One member of the consumer group. Only the thread that calls `run` touches the consumer.

    Attributes:
        consumer: not yet subscribed.
        topics: the product topic, and those of streams of their own.
        steps: what happens to a batch.
        scale: weighs records.
        mender: embeds again what failed before.
        settings: sizes.
        stop: when set, what is in hand is finished and committed, and `run` returns.
        report: called after each poll with the counts so far and the records there were to do.
        guard: of topics whose offsets are versions.
        tally: the counts.
    """

    consumer: KafkaConsumer
    topics: Sequence[str]
    steps: Steps
    scale: Scale
    mender: Mender
    settings: IngestSettings
    stop: threading.Event
    report: Callable[[Tally, int | None], None]
    guard: Guard = field(default_factory=Guard)
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self._joins = Joins(self.consumer)
        self._losses = Losses()
        self._presence = Presence(self.consumer, self.topics)
        self._removals = Removals(
            self.consumer, self.steps.park, self.tally, self.guard.require_free
        )
        retried = self.steps.metrics.retried
        self._ledger = Ledger(self.consumer, retried)
        watchdog = Watchdog(self.settings.stall_s)
        self._lag = LagReader(self.consumer, self._ledger, watchdog, retried)
        self._backlog: deque[Batch] = deque()
        self._mended_at = monotonic() - MEND_EVERY_S
        self._mended: int | None = None
        self._gave_back_at = monotonic()
        self._enough = False
        self._ends_at: float | None = None
        self._polled_at: float | None = None
        stages = (
            Stage("plan", self.steps.plan),
            Stage("embed", self.steps.embed, needed=lambda batch: batch.has_texts),
            Stage("write", self.steps.write, threads=WRITERS),
        )
        self._pipeline: Pipeline[Batch] = Pipeline(stages, self.settings.queue_bytes)

    def status(self) -> WorkerStatus:
        """Return how the worker is doing; may be called from any thread."""
        return WorkerStatus(
            self._lag.partitions,
            self._pipeline.load(),
            self._polled_at,
            self._ledger.commits,
            self.stop.is_set(),
        )

    def run(self, until_caught_up: bool = False) -> None:
        """Work until stopped, or until every record that is there now is finished.

        Raises:
            KafkaError: Kafka stayed away or refused; see `connector.broker.faults`.
            RetryLaterError: OpenSearch stayed away. Nothing is lost.
            StopError: somebody has to change something. Nothing is lost.
        """
        goal = Goal.note(self.consumer, self.topics) if until_caught_up else None
        self.consumer.subscribe(list(self.topics), listener=self._losses)
        # The client learns of their partitions now: after its first join it would join again.
        self.consumer.topics()
        try:
            self._loop(goal)
        finally:
            self._close()

    def _loop(self, goal: Goal | None) -> None:
        while not self.stop.is_set():
            self._ledger.pass_gaps()
            self._settle()
            self.tally["stalls"] += self._lag.look()
            self.report(self.tally, goal.total if goal else None)
            self._give_back_when_due()
            if self._moving and not self._idle:
                self._hand_over()
            self._enough = self._enough or (goal is not None and self._caught_up(goal))
            if self._enough and self._mended == 0 and self._idle:
                self._ledger.pass_gaps(at_once=True)
                self._settle()
                return
            if self._idle and not self._moving:
                self._mend_when_due(goal is None)
            self._poll()
        self._finish()

    @property
    def _moving(self) -> bool:
        """Whether partitions that the worker has may be another's after the next poll."""
        return self._joins.due and bool(self.consumer.assignment())

    @property
    def _idle(self) -> bool:
        return not self._backlog and self._pipeline.empty

    def _poll(self) -> None:
        """Take records in, or wait for room while Kafka is told that the worker is alive."""
        self._submit()
        if self._backlog or self._enough:
            self._pipeline.wait(POLL_MS / 1000)
            recently = self._polled_at and monotonic() - self._polled_at < POLL_EVERY_S
            if recently and not (self._moving and self._idle):
                return
            self.consumer.pause(*self.consumer.assignment())
            polled = self._ask(POLL_MS if self._idle else 0)
        else:
            self.consumer.resume(*self.consumer.paused())
            polled = self._ask(POLL_MS)
        if polled:
            self._take(polled)

    def _ask(self, timeout_ms: int) -> list[Record]:
        self._joins.held = not self._idle
        polled = self.consumer.poll(timeout_ms, max_records=self.settings.batch_records)
        self._polled_at = monotonic()
        if self._losses.take():
            self._ledger.forget()
        self._ledger.keep(self.consumer.assignment())
        records = [_record(each) for several in polled.values() for each in several]
        self._presence.check()
        self._removals.look(records)
        self.guard.check(self.consumer.assignment(), records)
        return records

    def _take(self, records: Sequence[Record]) -> None:
        self._ledger.deliver(records)
        limit = self.settings.queue_bytes // SHARE
        self._backlog.extend(Batch(each) for each in split(records, self.scale, limit))
        self._submit()

    def _submit(self) -> None:
        while self._backlog:
            weight = self.scale(self._backlog[0].records)
            if not self._pipeline.fits(weight):
                return
            self._pipeline.submit(self._backlog.popleft(), weight)

    def _settle(self) -> bool:
        """Take in what is finished and commit it; return whether Kafka took it.

        Done before each poll: a rebalance happens inside a poll and then finds nothing to commit.
        """
        for batch in self._pipeline.collect():
            self._ledger.finish(batch.records)
            self.tally.update(batch.tally)
            if not batch.records:
                self._mended = batch.tally["mended"]
        listened = self._ledger.commit()
        self._pipeline.check()
        return listened

    def _hand_over(self) -> None:
        """Finish what the model has begun, and give the rest back, before the group is joined."""
        self.tally["rebalances"] += 1
        self._drain(HAND_OVER_S)
        self._ledger.go_back()

    def _finish(self) -> None:
        """Finish what the model has begun and leave the rest to the next worker."""
        self._ends_at = monotonic() + END_S
        self._ledger.pass_gaps(at_once=True)
        try:
            self._drain(DRAIN_S)
        except RetryLaterError as error:
            log.warning("stopped with work in hand, which will be delivered again: %s", error)

    def _drain(self, patience_s: float) -> None:
        self._backlog.clear()
        self._pipeline.shed("embed")
        deadline = monotonic() + patience_s
        listened = self._settle()
        while listened and not self._pipeline.empty and monotonic() < deadline:
            self._pipeline.wait(POLL_MS / 1000)
            listened = self._settle()
        if not self._pipeline.empty:
            log.warning("gave up work in hand, which will be delivered again")
        self._pipeline.abandon()

    def _close(self) -> None:
        """End the threads: none may be inside the model when the process ends."""
        ends_at = monotonic() + END_S if self._ends_at is None else self._ends_at
        self.stop.set()
        self._pipeline.abandon()
        if self._pipeline.load()["embed"].batches:
            self.steps.embedder.give_up()
        self._pipeline.close(ends_at - monotonic())

    def _caught_up(self, goal: Goal) -> bool:
        """Whether the goal is reached; partitions of other workers count by their commits."""
        mine = self.consumer.assignment()
        done = {place: self._ledger.done(place) for place in mine & goal.ends.keys()}
        if goal.pass_at(self._there(done, goal)):
            return True
        if mine & goal.ends.keys():
            return False
        committed = {place: self.consumer.committed(place) for place in goal.ends}
        return goal.pass_at(self._there(committed, goal))

    def _there(
        self, offsets: Mapping[TopicPartition, int | None], goal: Goal
    ) -> Mapping[TopicPartition, int | None]:
        """Leave out offsets that Kafka does not have: their partitions are yet to be begun again."""
        odd = [place for place in offsets if place in goal.beyond]
        ends = self.consumer.end_offsets(odd) if odd else {}
        return {
            place: None if (offset or 0) > ends.get(place, offset or 0) else offset
            for place, offset in offsets.items()
        }

    def _give_back_when_due(self) -> None:
        if monotonic() - self._gave_back_at >= GIVE_BACK_EVERY_S:
            self._gave_back_at = monotonic()
            give_back()

    def _mend_when_due(self, forever: bool) -> None:
        if self._enough:
            self._mend(self.mender.find_all_written)
        elif forever and monotonic() - self._mended_at >= MEND_EVERY_S:
            self._mend(self.mender.find)

    def _mend(self, find: Callable[[], Sequence[ProductChange]]) -> None:
        """Send some of what failed the way again."""
        self._mended_at = monotonic()
        self._pipeline.submit(Batch(changes=find), self.settings.queue_bytes // SHARE)


def split(records: Sequence[Record], scale: Scale, limit: int) -> Iterator[Sequence[Record]]:
    """Cut records into batches that weigh no more than `limit`; one that is heavier goes alone."""
    start, weight = 0, 0
    for number, record in enumerate(records):
        own = scale([record])
        if number > start and weight + own > limit:
            yield records[start:number]
            start, weight = number, 0
        weight += own
    if records:
        yield records[start:]


def _record(polled: ConsumerRecord) -> Record:
    return Record(
        Position(polled.topic, polled.partition, polled.offset),
        polled.key,
        polled.value,
        polled.timestamp,
        tuple(polled.headers or ()),
    )
