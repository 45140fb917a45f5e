"""Products per second through the worker, against what the model and the bulk writes allow.

Run: python -m benchmarks.ingest --catalogue examples/esci.toml --file products.jsonl.gz
All parts are read in turns in one run, on indices and topics of their own, dropped afterwards.

New products: on one machine the model and the cluster share the processor, so that no worker can
be faster than one after the other would be, 1 / (1 / encoder + 1 / bulk). Where the model has a GPU,
the worker is to keep it busy: its share of the encoder alone, fed from memory. Updates that leave the
text alone: against the same scripted writes, planned and rendered before the clock starts.
"""

import argparse
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch

from benchmarks.expect import expect
from benchmarks.lines import lines
from benchmarks.machine import machine
from connector import broker, cluster
from connector.encoder import Encoder
from connector.settings import Settings, load
from ingest.change import Position, Record
from ingest.embedder import Embedder, Reading
from ingest.flow.batch import Batch, Steps
from ingest.flow.mend import Mender
from ingest.flow.tally import Tally
from ingest.flow.worker import Worker
from ingest.metrics import Metrics
from ingest.parse import parse
from ingest.publish import publish
from ingest.run import letters_for, now, scale_of, steps_of
from ingest.target import Target, open_target
from ingest.vector_cache import VectorCache
from ingest.write.line import Lines
from mappings.apply import apply
from mappings.catalogue import Catalogue, read
from mappings.contract import contract_of

ENCODER, BULK, WORKER = "encoder alone", "bulk writes alone", "new products through the worker"
RAW, UPDATES = "updates, raw bulk writes", "updates through the worker"
PARTITIONS = 4


@dataclass
class Bench:
    """What all rounds share: the products as a file and as records, and a loaded model.

    Attributes:
        copies: how often an update of every product is sent; more than one needs so many products
            that no two updates of one meet in a batch, where the newest is written alone.
    """

    settings: Settings
    catalogue: Catalogue
    client: OpenSearch
    encoder: Encoder
    file: Path
    records: list[Record]
    copies: int

    @contextmanager
    def scratch(self) -> Iterator[tuple[Target, Steps]]:
        """Yield an empty index and topic under a name of their own; drop both after use."""
        name = f"bench-{uuid.uuid4().hex[:8]}"
        described = self.catalogue.model_dump()
        described["name"] = described["source"]["topic"] = name
        catalogue = Catalogue.model_validate(described)
        apply(self.client, catalogue, contract_of(catalogue))
        target = open_target(self.client, catalogue)
        kafka = self.settings.kafka
        letters = letters_for(self.settings, target)
        steps = steps_of(self.settings, target, letters, Metrics(), threading.Event())
        broker.create_topic(kafka, name, PARTITIONS)
        try:
            with closing(letters):
                yield target, replace(steps, embedder=self.embedder())
        finally:
            self.client.indices.delete(index=target.index)
            self.client.indices.delete_index_template(name=name)
            with closing(broker.admin(kafka)) as admin:
                admin.delete_topics([name])

    def embedder(self) -> Embedder:
        """Return a way to the model that remembers nothing."""
        return Embedder(lambda: self.encoder, VectorCache(0))

    def planned(self, target: Target, steps: Steps) -> list[Batch]:
        """Return the records in batches as the worker takes them, planned and tokenised."""
        topic = target.catalogue.source.topic
        records = [
            replace(record, position=replace(record.position, topic=topic))
            for record in self.records
        ]
        size = self.settings.ingest.batch_records
        starts = range(0, len(records), size)
        batches = [Batch(records[start : start + size]) for start in starts]
        for batch in batches:
            steps.plan(batch)
        return batches

    def new_products(self) -> dict[str, float]:
        """Return products per second of the model alone, of writes alone, and of the worker."""
        rates = {}
        with self.scratch() as (target, steps):
            batches = self.planned(target, steps)
            readings = [batch.reading for batch in batches]
            rates[ENCODER] = self._rate(lambda: _embed(self.embedder(), readings))
            for batch in batches:
                steps.embed(batch)
            bodies = self._bodies(target, batches)
            rates[BULK] = self._rate(lambda: self._send(bodies))
        with self.scratch() as (target, steps):
            publish(
                self.settings.kafka, target.catalogue.source, str(self.file), PARTITIONS, _silent
            )
            rates[WORKER], tally = self._worker(target, steps, len(self.records))
            expect(tally["embedded"] == len(self.records), tally)
        return rates

    def updates(self) -> dict[str, float]:
        """Return updates per second of raw writes and of the worker; no text changes."""
        with self.scratch() as (target, steps):
            batches = self.planned(target, steps)
            for batch in batches:
                steps.embed(batch)
                steps.write(batch)
            bodies = [
                body for n in range(self.copies) for body in self._later(target, steps, n + 1)
            ]
            count = self.copies * len(self.records)
            rates = {RAW: self._rate(lambda: self._send(bodies), count)}
            for _ in range(self.copies):
                publish(
                    self.settings.kafka,
                    target.catalogue.source,
                    str(self.file),
                    PARTITIONS,
                    _silent,
                )
            rates[UPDATES], tally = self._worker(target, steps, count)
            expect(tally["encoder_texts"] == 0, tally)
            expect(tally["unchanged"] >= 0.95 * count, tally)
        return rates

    def _later(self, target: Target, steps: Steps, milliseconds: int) -> list[bytes]:
        """Return the requests for the same products some milliseconds later."""
        later = [replace(each, timestamp=each.timestamp + milliseconds) for each in self.records]
        batches = replace(self, records=later).planned(target, steps)
        for batch in batches:
            steps.embed(batch)
            expect(all(write.vectors is None for write in batch.writes), batch.tally)
        return self._bodies(target, batches)

    def _rate(self, work: Callable[[], None], count: int | None = None) -> float:
        started = time.perf_counter()
        work()
        return (count or len(self.records)) / (time.perf_counter() - started)

    def _bodies(self, target: Target, batches: Sequence[Batch]) -> list[bytes]:
        """Render the writes of batches into one request each, as the worker does."""
        lines = Lines(target)
        return [b"".join(lines.render(write, now()) for write in each.writes) for each in batches]

    def _send(self, bodies: Sequence[bytes]) -> None:
        for body in bodies:
            answer = self.client.bulk(body=body)
            expect(not answer["errors"], answer)

    def _worker(self, target: Target, steps: Steps, count: int) -> tuple[float, Tally]:
        """Return records per second from the first delivery to the last commit, and the counts."""
        watch = _Watch(count)
        with closing(broker.consumer(self.settings.kafka, target.index)) as consumer:
            consumer.poll = watch.polling(consumer.poll)
            worker = Worker(
                consumer,
                [target.catalogue.source.topic],
                steps,
                scale_of(target),
                Mender(target, self.settings.ingest.batch_records),
                self.settings.ingest,
                threading.Event(),
                watch.report,
            )
            worker.run(until_caught_up=True)
        return count / (watch.finished - watch.started), worker.tally


class _Watch:
    """Notes when the first record was delivered and when the last was committed."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.started = self.finished = 0.0

    def polling(self, poll: Callable[..., Any]) -> Callable[..., Any]:
        """Watch a consumer's `poll`."""

        def watched(*args: Any, **kwargs: Any) -> Any:
            found = poll(*args, **kwargs)
            if found and not self.started:
                self.started = time.perf_counter()
            return found

        return watched

    def report(self, tally: Tally, _total: int | None) -> None:
        """Be told by the worker what is committed."""
        if tally["records"] >= self._count and not self.finished:
            self.finished = time.perf_counter()


def _embed(embedder: Embedder, readings: Sequence[Reading]) -> None:
    for reading in readings:
        embedder.embed(reading)


def _silent(_: int) -> None:
    """Report to nobody."""


def _products(source: Path, count: int, folder: Path) -> Path:
    file = folder / f"bench-{uuid.uuid4().hex[:8]}.jsonl"
    file.write_bytes(b"".join(lines(source, count)))
    return file


def _records(file: Path, catalogue: Catalogue) -> list[Record]:
    return [
        Record(
            Position(catalogue.source.topic, 0, offset),
            str(parse(line, "line")[catalogue.source.id]).encode(),
            line,
            int(time.time() * 1000),
        )
        for offset, line in enumerate(file.read_bytes().splitlines())
    ]


def main() -> None:
    """Read all parts in turns and print a table and the two ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--products", type=int, default=1500)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    settings, catalogue = load(), read(options.catalogue)
    with tempfile.TemporaryDirectory() as folder:
        file = _products(options.file, options.products, Path(folder))
        encoder = Encoder.load(contract_of(catalogue).identity, settings.encoder)
        encoder.encode_documents(["the first pass of a model is slower than all others"])
        client = cluster.connect(settings.opensearch)
        records = _records(file, catalogue)
        report(
            Bench(settings, catalogue, client, encoder, file, records, options.copies),
            options.rounds,
        )


def report(bench: Bench, rounds: int) -> None:
    """Print each part's rate, median and all rounds, and of the ratios the median of the rounds."""
    read_ = [bench.new_products() | bench.updates() for _ in range(rounds)]
    print(f"{len(bench.records):,} products, {rounds} rounds; {machine()}")
    print("| part | per second | rounds |\n|---|---|---|")
    for name in read_[0]:
        rates = [each[name] for each in read_]
        shown = ", ".join(f"{rate:,.0f}" for rate in rates)
        print(f"| {name} | {statistics.median(rates):,.0f} | {shown} |")
    bound = [1 / (1 / each[ENCODER] + 1 / each[BULK]) for each in read_]
    _ratio("new products, of 1 / (1 / encoder + 1 / bulk)", [e[WORKER] for e in read_], bound)
    _ratio("new products, of the encoder", [e[WORKER] for e in read_], [e[ENCODER] for e in read_])
    _ratio("updates, of raw bulk writes", [e[UPDATES] for e in read_], [e[RAW] for e in read_])


def _ratio(name: str, found: Sequence[float], bound: Sequence[float]) -> None:
    ratios = [one / other for one, other in zip(found, bound, strict=True)]
    shown = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"{name}: {statistics.median(ratios):.2f} ({shown})")


if __name__ == "__main__":
    main()
