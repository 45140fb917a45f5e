"""Products per second through the worker, against the encoder alone and the bulk writes alone.

Run: python -m benchmarks.ingest --catalogue examples/esci.toml --file products.jsonl.gz
The three are read in turns in one run, on indices and topics of their own, dropped afterwards.
"""

import argparse
import gzip
import itertools
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from opensearchpy import OpenSearch

from benchmarks.machine import machine
from connector import broker, cluster
from connector.encoder import Encoder
from connector.settings import Settings, load
from ingest.change import Position, Record
from ingest.embedder import Embedder
from ingest.flow.batch import Batch, Steps
from ingest.flow.mend import Mender
from ingest.flow.worker import Worker
from ingest.metrics import Metrics
from ingest.parse import parse
from ingest.plan import Stored
from ingest.publish import publish
from ingest.run import letters_for, scale_of, steps_of
from ingest.target import Target, open_target
from ingest.vector_cache import VectorCache
from ingest.vectors import distinct
from mappings.apply import apply
from mappings.catalogue import Catalogue, read
from mappings.contract import contract_of


@dataclass
class Bench:
    """What all rounds share: the products as a file and as records, and a loaded model."""

    settings: Settings
    catalogue: Catalogue
    client: OpenSearch
    encoder: Encoder
    file: Path
    records: list[Record]

    @contextmanager
    def scratch(self) -> Iterator[tuple[Target, Steps]]:
        """Yield an empty index under a name of its own and the way to it; drop both after use."""
        name = f"bench-{uuid.uuid4().hex[:8]}"
        described = self.catalogue.model_dump()
        described["name"] = described["source"]["topic"] = name
        catalogue = Catalogue.model_validate(described)
        apply(self.client, catalogue, contract_of(catalogue))
        target = open_target(self.client, catalogue)
        letters = letters_for(self.settings, target)
        steps = steps_of(self.settings, target, letters, Metrics(), threading.Event())
        try:
            with closing(letters):
                yield target, replace(steps, embedder=self.embedder())
        finally:
            self.client.indices.delete(index=target.index)
            self.client.indices.delete_index_template(name=name)

    def embedder(self) -> Embedder:
        """Return a way to the model that remembers nothing."""
        return Embedder(lambda: self.encoder, VectorCache(0))

    def batches(self) -> Iterator[Sequence[Record]]:
        """Yield the records as the worker takes them."""
        size = self.settings.ingest.batch_records
        for start in range(0, len(self.records), size):
            yield self.records[start : start + size]

    def encoder_alone(self) -> float:
        """Return the seconds that the model takes for the texts of all products."""
        with self.scratch() as (_, steps):
            planned = [_texts(steps, batch) for batch in self.batches()]
        embedder = self.embedder()
        started = time.perf_counter()
        for texts in planned:
            embedder.embed(embedder.read(texts))
        return time.perf_counter() - started

    def writes_alone(self) -> float:
        """Return the seconds that writing all products takes, their vectors at hand."""
        with self.scratch() as (_, steps):
            prepared = [Batch(records) for records in self.batches()]
            for batch in prepared:
                steps.plan(batch)
                steps.embed(batch)
            started = time.perf_counter()
            for batch in prepared:
                steps.write(batch)
            return time.perf_counter() - started

    def worker(self) -> float:
        """Return the seconds from the first poll of a topic to its last commit."""
        with self.scratch() as (target, steps):
            topic, kafka = target.catalogue.source.topic, self.settings.kafka
            publish(kafka, target.catalogue, str(self.file), 4, lambda _: None)
            with closing(broker.consumer(kafka, target.index)) as consumer:
                worker = Worker(
                    consumer,
                    [topic],
                    steps,
                    scale_of(target),
                    Mender(target, self.settings.ingest.batch_records),
                    self.settings.ingest,
                    threading.Event(),
                    lambda *_: None,
                )
                started = time.perf_counter()
                worker.run(until_caught_up=True)
                seconds = time.perf_counter() - started
            with closing(broker.admin(kafka)) as admin:
                admin.delete_topics([topic])
            if worker.tally["embedded"] < len(self.records):
                raise SystemExit(f"only {worker.tally} of {len(self.records)} products")
            return seconds


def _texts(steps: Steps, batch: Sequence[Record]) -> list[str]:
    changes = [change for change in map(steps.decode, batch) if change is not None]
    stored = steps.read_state([change.id for change in changes])
    plans = [steps.planner.plan(change, stored.get(change.id, Stored())) for change in changes]
    return distinct(plan.texts for plan in plans if plan is not None)


def _products(source: Path, count: int, folder: Path) -> Path:
    opened = gzip.open if source.suffix == ".gz" else open
    with opened(source, "rb") as lines:
        taken = list(itertools.islice(lines, count))
    file = folder / f"bench-{uuid.uuid4().hex[:8]}.jsonl"
    file.write_bytes(b"".join(taken))
    return file


def _records(file: Path, catalogue: Catalogue) -> list[Record]:
    return [
        Record(
            Position("bench", 0, offset),
            str(parse(line, "line")[catalogue.source.id]).encode(),
            line,
            int(time.time() * 1000),
        )
        for offset, line in enumerate(file.read_bytes().splitlines())
    ]


def main() -> None:
    """Read the three in turns and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--products", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()

    settings, catalogue = load(), read(options.catalogue)
    with tempfile.TemporaryDirectory() as folder:
        file = _products(options.file, options.products, Path(folder))
        encoder = Encoder.load(contract_of(catalogue).identity, settings.encoder)
        client = cluster.connect(settings.opensearch)
        bench = Bench(settings, catalogue, client, encoder, file, _records(file, catalogue))
        bench.encoder_alone()  # the first pass of a model is slower than all others
        report(bench, options.rounds)


def report(bench: Bench, rounds: int) -> None:
    """Print products per second of each part: the median of the rounds, and all of them."""
    parts = {
        "encoder alone": bench.encoder_alone,
        "bulk writes alone": bench.writes_alone,
        "through the worker": bench.worker,
    }
    rates: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(rounds):
        for name, part in parts.items():
            rates[name].append(len(bench.records) / part())
    print(f"{len(bench.records):,} products, {rounds} rounds; {machine()}")
    print("| part | products/s | of the encoder | rounds |\n|---|---|---|---|")
    whole = statistics.median(rates["encoder alone"])
    for name, each in rates.items():
        middle = statistics.median(each)
        shown = ", ".join(f"{rate:,.0f}" for rate in each)
        print(f"| {name} | {middle:,.0f} | {middle / whole:.0%} | {shown} |")


if __name__ == "__main__":
    main()
