"""One batch of records on its way: decode and plan, embed, write and park."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from connector.errors import DeadLetterError
from ingest.change import ProductChange, Record
from ingest.deadletters.letter import DeadLetter
from ingest.embedder import Embedder, Reading
from ingest.flow.tally import Tally
from ingest.metrics import Metrics
from ingest.plan import Planned, Planner, Stored, newest
from ingest.vectors import distinct, vectors_of
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
class Batch:
    """Records and what has become of them so far: planned, then writes, then counted.

    Attributes:
        records: as Kafka delivered them.
        changes: finds changes that come from no record; see `ingest.flow.mend`.
        overtaken: older changes of products with a newer one in the batch.
    """

    records: Sequence[Record] = ()
    changes: Callable[[], Sequence[ProductChange]] = tuple
    planned: list[Planned] = field(default_factory=list)
    reading: Reading = field(default_factory=Reading)
    writes: list[Write] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    overtaken: list[ProductChange] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    def take_overtaken(self, by: ProductChange) -> list[ProductChange]:
        """Return, once, the older changes that were left out because of one."""
        place = (by.id, by.group)
        mine = [each for each in self.overtaken if (each.id, each.group) == place]
        self.overtaken = [each for each in self.overtaken if (each.id, each.group) != place]
        self.tally["stale"] -= len(mine)
        return mine

    @property
    def has_texts(self) -> bool:
        """Whether the model has anything to do."""
        return bool(self.reading.texts)


@dataclass
class Steps:
    """The way of a batch: `plan`, `embed`, `write`, each in a thread of its own or several.

    Attributes:
        decode: a record's change; None asks for nothing; DeadLetterError can never be one.
        read_state: what the index knows about ids.
        planner: decides by it.
        embedder: reads texts and embeds them.
        sink: merges changes.
        parking: keeps dead letters.
        metrics: is told of all this.
    """

    decode: Callable[[Record], ProductChange | None]
    read_state: Callable[[Sequence[str]], dict[str, Stored]]
    planner: Planner
    embedder: Embedder
    sink: Sink
    parking: Parking
    metrics: Metrics
    _model: threading.Lock = field(default_factory=threading.Lock)
    _letters: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, batch: Batch) -> None:
        """Decode the records, decide what each change needs, and tokenise the texts.

        Raises:
            ConnectorError: the index cannot be read, or the model cannot be loaded.
        """
        batch.tally["records"] = len(batch.records)
        decoded = [c for record in batch.records for c in self._decoded(record, batch)]
        self._plan([*decoded, *batch.changes()], batch)

    def embed(self, batch: Batch) -> None:
        """Turn plans into writes, with vectors where they need them.

        Raises:
            DeviceLostError: the device is gone.
        """
        with self._model:
            embedded = self.embedder.embed(batch.reading)
        batch.tally["encoder_texts"] += embedded.texts
        self.metrics.encoded(embedded.tokens, embedded.padded, embedded.seconds)
        for plan in batch.planned:
            if not plan.texts:
                batch.writes.append(Write(plan.change))
                continue
            vectors = vectors_of(plan.texts, embedded.vectors) if plan.embed else None
            state = "failed" if plan.embed and vectors is None else "embedded"
            batch.writes.append(Write(plan.change, state, plan.text_hash, vectors))
        batch.planned, batch.reading = [], Reading()

    def write(self, batch: Batch) -> None:
        """Write the batch and park its dead letters; when it returns, every record is finished.

        Raises:
            ConnectorError: not all could be written or parked; nothing may be committed.
        """
        self.embed(batch)
        while batch.writes:
            results = self.sink.write(batch.writes)
            batch.tally.note(batch.writes, results)
            self.metrics.written(_timestamps(batch.writes, results))
            again = self._sort(batch, results)
            batch.writes = []
            # Another writer changed these between plan and write: the second plan sees its work.
            self._plan(again, batch)
            self.embed(batch)
        self.park(batch.letters)
        batch.tally["dead_letters"] += len(batch.letters)

    def park(self, letters: Sequence[DeadLetter]) -> None:
        """Park dead letters; when it returns, all are acknowledged.

        Raises:
            ConnectorError: one was not.
        """
        with self._letters:
            self.parking.park(letters)
        for letter in letters:
            self.metrics.parked(letter.error_class)

    def _decoded(self, record: Record, batch: Batch) -> Iterable[ProductChange]:
        try:
            change = self.decode(record)
        except DeadLetterError as error:
            batch.letters.append(DeadLetter(record, error.error_class, str(error)))
            return
        if change is None:
            batch.tally["ignored"] += 1
            return
        yield change

    def _plan(self, changes: Sequence[ProductChange], batch: Batch) -> None:
        survivors = newest(changes)
        kept = {id(change) for change in survivors}
        overtaken = [change for change in changes if id(change) not in kept]
        batch.tally["stale"] += len(overtaken)
        batch.overtaken += overtaken
        stored = self.read_state(list(dict.fromkeys(change.id for change in survivors)))
        own = {(each.id, each.group): each.version for each in survivors if not each.borrowed}
        for change in survivors:
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
                batch.planned.append(planned)
        texts = distinct(plan.texts for plan in batch.planned if plan.embed)
        batch.reading = self.embedder.read(texts)
        batch.tally["truncated"] += batch.reading.cut
        self.metrics.reused(batch.reading.reused)

    def _sort(self, batch: Batch, results: Sequence[Result]) -> list[ProductChange]:
        """Bury what was rejected; return what must be planned again.

        That is also what a rejected change had overtaken: the newest that can be written counts.
        """
        again = []
        for write, result in zip(batch.writes, results, strict=True):
            if result.outcome is Outcome.REPLAN:
                again.append(write.change)
            elif result.outcome is Outcome.DEAD_LETTER:
                self._bury(write.change, "Rejected", result.reason, batch)
                again += batch.take_overtaken(write.change)
        return again

    def _bury(self, change: ProductChange, name: str, reason: str, batch: Batch) -> None:
        if change.record is None:
            # The reason may quote the product.
            log.error("document %r was rejected while mending (%s)", change.id, name)
            log.debug("%s", reason)
        else:
            batch.letters.append(DeadLetter(change.record, name, reason))


def _timestamps(writes: Sequence[Write], results: Sequence[Result]) -> Iterator[int]:
    """Yield when the records came that were written."""
    for write, result in zip(writes, results, strict=True):
        if result.outcome is Outcome.OK and write.change.record is not None:
            yield write.change.record.timestamp
