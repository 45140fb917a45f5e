"""One batch of records on its way: decode, plan and embed, then write and park."""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from connector.errors import DeadLetterError
from ingest.change import ProductChange, Record
from ingest.deadletters.letter import DeadLetter
from ingest.flow.tally import Tally
from ingest.plan import Planned, Planner, Stored, newest
from ingest.vectors import DocumentEncoder, distinct, embed, vectors_of
from ingest.write.item import Result, Write
from ingest.write.outcome import Outcome

log = logging.getLogger(__name__)


class Sink(Protocol):
    """Where changes are merged; see `ingest.write.writer.Writer`."""

    def write(self, writes: Sequence[Write], /) -> list[Result]:
        """Return one result each, in order."""


class Parking(Protocol):
    """Where dead letters go; see `ingest.deadletters.parking.DeadLetters`."""

    def park(self, letters: Sequence[DeadLetter], /) -> None:
        """Return when all are acknowledged."""


@dataclass
class Prepared:
    """A batch that is decoded, planned and embedded, and not yet written."""

    records: Sequence[Record] = ()
    writes: list[Write] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


@dataclass
class Steps:
    """The way of a batch. `prepare` and `finish` may run in two threads, each in one at a time.

    Attributes:
        decode: a record's change; None asks for nothing; DeadLetterError can never be one.
        read_state: what the index knows about ids.
        planner: decides by it.
        load: loads the model; called once, when the first text needs it.
        sink: merges changes.
        parking: keeps dead letters.
    """

    decode: Callable[[Record], ProductChange | None]
    read_state: Callable[[Sequence[str]], dict[str, Stored]]
    planner: Planner
    load: Callable[[], DocumentEncoder]
    sink: Sink
    parking: Parking
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def _encoder(self) -> DocumentEncoder:
        return self.load()

    def prepare(self, records: Sequence[Record]) -> Prepared:
        """Decode, plan and embed.

        Raises:
            ConnectorError: the index cannot be read, or the model cannot be loaded.
        """
        batch = Prepared(records, tally=Tally(records=len(records)))
        changes = [change for record in records for change in self._decoded(record, batch)]
        self._prepare_changes(changes, batch)
        return batch

    def finish(self, batch: Prepared) -> Tally:
        """Write the batch and park its dead letters; when it returns, every record is finished.

        Raises:
            ConnectorError: not all could be written or parked; nothing may be committed.
        """
        while batch.writes:
            results = self.sink.write(batch.writes)
            batch.tally.note(batch.writes, results)
            again = self._sort(batch, results)
            batch.writes = []
            # Another writer changed these between plan and write: the second plan sees its work.
            self._prepare_changes(again, batch)
        self.parking.park(batch.letters)
        batch.tally["dead_letters"] += len(batch.letters)
        return batch.tally

    def mend(self, changes: Sequence[ProductChange]) -> Tally:
        """Embed and write again products whose embedding failed before."""
        batch = Prepared()
        self._prepare_changes(changes, batch)
        return self.finish(batch)

    def _decoded(self, record: Record, batch: Prepared) -> Iterable[ProductChange]:
        try:
            change = self.decode(record)
        except DeadLetterError as error:
            batch.letters.append(DeadLetter(record, error.error_class, str(error)))
            return
        if change is None:
            batch.tally["ignored"] += 1
            return
        yield change

    def _prepare_changes(self, changes: Sequence[ProductChange], batch: Prepared) -> None:
        survivors = newest(changes)
        batch.tally["stale"] += len(changes) - len(survivors)
        planned = list(self._planned(survivors, batch))
        batch.writes += self._embedded(planned, batch.tally)

    def _planned(self, changes: Sequence[ProductChange], batch: Prepared) -> Iterable[Planned]:
        stored = self.read_state(list(dict.fromkeys(change.id for change in changes)))
        own = {(each.id, each.group): each.version for each in changes if not each.borrowed}
        for change in changes:
            try:
                planned = self.planner.plan(
                    change, stored.get(change.id, Stored()), own.get((change.id, change.group))
                )
            except DeadLetterError as error:
                self._bury(change, error.error_class, str(error), batch)
                continue
            if planned is None:
                batch.tally["stale"] += 1
            else:
                yield planned

    def _embedded(self, planned: Sequence[Planned], tally: Tally) -> Iterable[Write]:
        texts = distinct(plan.texts for plan in planned if plan.embed)
        tally["encoder_texts"] += len(texts)
        with self._turn:
            known = embed(self._encoder, texts) if texts else {}
        for plan in planned:
            if not plan.texts:
                yield Write(plan.change)
                continue
            vectors = vectors_of(plan.texts, known) if plan.embed else None
            state = "failed" if plan.embed and vectors is None else "embedded"
            yield Write(plan.change, state, plan.text_hash, vectors)

    def _sort(self, batch: Prepared, results: Sequence[Result]) -> list[ProductChange]:
        """Bury what was rejected; return what must be planned again."""
        again = []
        for write, result in zip(batch.writes, results, strict=True):
            if result.outcome is Outcome.REPLAN:
                again.append(write.change)
            elif result.outcome is Outcome.DEAD_LETTER:
                self._bury(write.change, "Rejected", result.reason, batch)
        return again

    def _bury(self, change: ProductChange, name: str, reason: str, batch: Prepared) -> None:
        if change.record is None:
            log.error("document %r was rejected while mending: %s", change.id, reason)
        else:
            batch.letters.append(DeadLetter(change.record, name, reason))
