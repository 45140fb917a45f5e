"""The worker: polls Kafka, keeps batches under way, commits what is finished, stops cleanly."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
from kafka.structs import OffsetAndMetadata

from ingest.change import Position, Record
from ingest.flow.batch import Prepared, Steps
from ingest.flow.goal import Goal
from ingest.flow.mend import Mender
from ingest.flow.offsets import Watermarks
from ingest.flow.pipeline import Pipeline
from ingest.flow.tally import Tally

log = logging.getLogger(__name__)

# Kafka hears from the worker at least this often, also while a batch takes its time.
POLL_EVERY_S = 3.0
# How long one poll waits for records.
POLL_MS = 200
# How often an idle worker looks for failed embeddings.
MEND_EVERY_S = 60.0

# The next poll joins the group again; whoever gets the partitions starts at the last commit.
_FENCED = (
    CommitFailedError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)


@dataclass
class Worker:
    """One member of the consumer group. Only the thread that calls `run` touches the consumer.

    Attributes:
        consumer: not yet subscribed.
        topics: the product topic, and those of streams of their own.
        steps: what happens to a batch.
        mender: embeds again what failed before.
        batch_records: records of one batch, at most.
        stop: when set, what is in hand is finished and committed, and `run` returns.
        report: called after each poll with the counts so far and the records there were to do.
        tally: the counts.
    """

    consumer: KafkaConsumer
    topics: Sequence[str]
    steps: Steps
    mender: Mender
    batch_records: int
    stop: threading.Event
    report: Callable[[Tally, int | None], None]
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self._pipeline: Pipeline[Prepared, Tally] = Pipeline(self.steps.prepare, self.steps.finish)
        self._watermarks = Watermarks()
        self._committed: dict[TopicPartition, int] = {}
        self._mended_at = monotonic() - MEND_EVERY_S

    def run(self, until_caught_up: bool = False) -> None:
        """Work until stopped, or until every record that is there now is finished.

        Raises:
            KafkaError: Kafka stayed away or refused; see `connector.broker.faults`.
            RetryLaterError: OpenSearch stayed away. Nothing is lost.
            StopError: somebody has to change something. Nothing is lost.
        """
        goal = Goal.note(self.consumer, self.topics) if until_caught_up else None
        self.consumer.subscribe(list(self.topics))
        try:
            self._loop(goal)
        finally:
            self._pipeline.close()

    def _loop(self, goal: Goal | None) -> None:
        while True:
            self._settle()
            self.report(self.tally, goal.total if goal else None)
            if self._pipeline.empty:
                if self.stop.is_set():
                    return
                if goal and self._caught_up(goal):
                    self._mend_all()
                    return
            self._poll(idle=self._pipeline.empty and goal is None)

    def _poll(self, idle: bool) -> None:
        if self.stop.is_set() or self._pipeline.full:
            if self._pipeline.wait(POLL_EVERY_S):
                return
            self.consumer.pause(*self.consumer.assignment())
            polled = self.consumer.poll(timeout_ms=0)
        else:
            self.consumer.resume(*self.consumer.paused())
            polled = self.consumer.poll(timeout_ms=POLL_MS, max_records=self.batch_records)
        self._keep(self.consumer.assignment())
        records = [_record(each) for several in polled.values() for each in several]
        if records:
            self._deliver(records)
        elif idle and monotonic() - self._mended_at >= MEND_EVERY_S:
            self._mend()

    def _deliver(self, records: Sequence[Record]) -> None:
        for record in records:
            self._watermarks.delivered(_place(record), record.position.offset)
        self._pipeline.submit(records)

    def _settle(self) -> None:
        """Take in what is finished and commit it.

        Done before each poll: a rebalance happens inside a poll and then finds nothing to commit.
        """
        for records, tally in self._pipeline.collect():
            for record in records:
                self._watermarks.finished(_place(record), record.position.offset)
            self.tally.update(tally)
        offsets = {
            partition: offset
            for partition, offset in self._watermarks.committable().items()
            if self._committed.get(partition) != offset
        }
        if offsets:
            self._commit(offsets)

    def _commit(self, offsets: dict[TopicPartition, int]) -> None:
        try:
            self.consumer.commit(
                {
                    partition: OffsetAndMetadata(offset, "", -1)
                    for partition, offset in offsets.items()
                }
            )
        except _FENCED as error:
            log.info("not committed yet, the group is moving partitions: %s", error)
        else:
            self._committed |= offsets

    def _keep(self, mine: set[TopicPartition]) -> None:
        """Forget partitions that are another worker's now.

        One that stays through a rebalance keeps its position, so it keeps its watermark, too.
        """
        self._watermarks.keep(mine)
        self._committed = {p: offset for p, offset in self._committed.items() if p in mine}

    def _caught_up(self, goal: Goal) -> bool:
        """Whether the goal is reached; partitions of other workers count by their commits."""
        mine = self.consumer.assignment()
        return goal.pass_at(
            {
                partition: self.consumer.position(partition)
                if partition in mine
                else self.consumer.committed(partition)
                for partition in goal.ends
            }
        )

    def _mend(self) -> int:
        """Embed again some of what failed; return how many came right."""
        mended = self.mender.mend()
        self.tally.update(mended)
        self._mended_at = monotonic()
        return mended["mended"]

    def _mend_all(self) -> None:
        self.mender.refresh()
        while self._mend():
            self.mender.refresh()
            self.consumer.poll(timeout_ms=0)


def _place(record: Record) -> TopicPartition:
    return TopicPartition(record.position.topic, record.position.partition)


def _record(polled: ConsumerRecord) -> Record:
    return Record(
        Position(polled.topic, polled.partition, polled.offset),
        polled.key,
        polled.value,
        polled.timestamp,
        tuple(polled.headers or ()),
    )
