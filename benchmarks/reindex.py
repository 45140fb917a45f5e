"""Products per second of a backfill, against what the model and raw bulk writes allow.

Run: python -m benchmarks.reindex --catalogue examples/esci.toml --file products.jsonl.gz
All parts are read in turns in one run, on indices of their own, dropped afterwards.

A change of the mapping copies every vector: it is read against the same scripted writes, rendered
before the clock starts, sent by as many threads. For it the vectors are random, which costs an index
what others do. A change of the model computes them all: on one machine model and cluster share the
processor, so that no backfill can be faster than one after the other, 1 / (1 / encoder + 1 / bulk).
"""

import argparse
import itertools
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from opensearchpy import OpenSearch

from benchmarks.expect import expect
from benchmarks.lines import lines
from benchmarks.machine import machine
from connector import cluster
from connector.encoder import Encoder
from connector.settings import Settings, load
from ingest.change import ProductChange
from ingest.parse import parse
from ingest.reindex import indices, passage
from ingest.reindex.ledger import INDEX, Ledger
from ingest.reindex.local import Local
from ingest.reindex.ranges import ranges_of, refresh
from ingest.reindex.run import Run
from ingest.reindex.slices import Slice
from ingest.reindex.throttle.decide import Limits
from ingest.reindex.throttle.throttle import Throttle
from ingest.run import now
from ingest.target import Target, open_target
from ingest.text import hash_of, texts_of
from ingest.write.item import Write
from ingest.write.line import Lines
from mappings.apply import apply
from mappings.catalogue import PRODUCT, Catalogue, read
from mappings.contract import contract_of
from mappings.document import shape
from mappings.index import physical_name
from mappings.live import open_physical

RAW, COPIED = "raw bulk writes", "backfill, another mapping"
ENCODER, COMPUTED = "encoder alone", "backfill, another model"


@dataclass
class Bench:
    """What all rounds share.

    Attributes:
        catalogue: whose old index is filled once, with random vectors.
        products: stored fields, in the order of the file.
        encoder: the catalogue's model, loaded.
        versions: of new indices; none is used twice.
    """

    settings: Settings
    client: OpenSearch
    catalogue: Catalogue
    products: Sequence[dict[str, object]]
    encoder: Encoder
    versions: Iterator[int] = field(default_factory=lambda: itertools.count(2))

    def name(self) -> str:
        """Return a name for a new index."""
        return physical_name(self.catalogue.name, next(self.versions))

    @contextmanager
    def filled(self, count: int) -> Iterator[tuple[Target, list[bytes]]]:
        """Yield the old index with its first products, and the bulk requests that filled it."""
        apply(self.client, self.catalogue, contract_of(self.catalogue))
        target = open_target(self.client, self.catalogue)
        try:
            bodies = list(self._bodies(target, self.products[:count]))
            self._send(bodies)
            refresh(self.client, target.index)
            yield target, bodies
        finally:
            self.client.indices.delete(index=f"{self.catalogue.name}-v*")
            self.client.indices.delete_index_template(name=self.catalogue.name)

    def raw(self, old: Target, bodies: Sequence[bytes], name: str) -> float:
        """Return products per second of raw writes into a new index, relaxed as a backfill's is."""
        with self._empty(old, self.catalogue, name):
            mine = [body.replace(old.index.encode(), name.encode()) for body in bodies]
            return self._rate(self._count(old), lambda: self._send(mine))

    def backfill(self, old: Target, catalogue: Catalogue, name: str) -> tuple[float, int]:
        """Return products per second of a backfill, and the texts that it embedded."""
        with self._empty(old, catalogue, name):
            ledger = Ledger(self.client)
            ledger.prepare()
            run = Run(name, catalogue.name, old.index, {}, entered={"planned": now()})
            made = list(self._slices(run, old.index))
            run = replace(run, slices=len(made))
            ledger.begin(run)
            ledger.cut(made)
            way = passage.open_passage(self.settings, name)
            # The model's loading is no part of its pace.
            way.embedder.read(["warm"])
            halt = threading.Event()
            executor = Local(self.settings, ledger, Throttle(None, Limits()))
            rate = self._rate(self._count(old), lambda: executor.carry(run, halt, lambda _: None))
            counts = ledger.progress(run).counts
            expect(counts["documents"] == self._count(old) and not counts["rejected"], counts)
            self.client.delete_by_query(index=INDEX, body={"query": {"term": {"run": name}}})
            self.client.delete(index=INDEX, id=name)
            return rate, counts["encoder_texts"]

    def encoding(self, count: int) -> float:
        """Return products per second of the model alone, a page's texts at a time."""
        size = self.settings.ingest.batch_records
        templates = {name: spec.text for name, spec in self.catalogue.vectors.items()}
        pages = [
            list(dict.fromkeys(t for p in page for t in texts_of(templates, p).values() if t))
            for page in (self.products[at : min(at + size, count)] for at in range(0, count, size))
        ]

        def encode() -> None:
            for page in pages:
                self.encoder.encode_documents(page)

        return self._rate(count, encode)

    @contextmanager
    def _empty(self, old: Target, catalogue: Catalogue, name: str) -> Iterator[None]:
        live = open_physical(self.client, old.index)
        indices.create(self.client, name, catalogue, contract_of(catalogue), live)
        try:
            yield
        finally:
            indices.drop(self.client, name)

    def _slices(self, run: Run, index: str) -> Iterator[Slice]:
        size = self.settings.reindex.slice_documents
        found, _ = ranges_of(self.client, index, 0, 0, size)
        for number, (first, last, documents) in enumerate(found):
            yield Slice(run.id, number, 0, first, last, documents, run.queue, at=first)

    def _bodies(self, target: Target, products: Sequence[dict[str, object]]) -> Iterator[bytes]:
        """Render products with random vectors, a bulk request's worth at a time."""
        lines, chance = Lines(target), np.random.default_rng(20)
        shape_ = (len(self.catalogue.vectors), target.contract.identity.dimension)
        body, limit = b"", self.settings.ingest.bulk_bytes
        for number, fields in enumerate(products):
            texts = texts_of(target.contract.templates, fields)
            rows = chance.standard_normal(shape_, dtype=np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            vectors = {
                name: row for (name, text), row in zip(texts.items(), rows, strict=True) if text
            }
            change = ProductChange(f"p{number}", PRODUCT, 1, fields)
            body += lines.render(Write(change, "embedded", hash_of(texts), vectors), now())
            if len(body) > limit:
                yield body
                body = b""
        if body:
            yield body

    def _send(self, bodies: Sequence[bytes]) -> None:
        with ThreadPoolExecutor(self.settings.reindex.threads) as threads:
            for answer in threads.map(lambda body: self.client.bulk(body=body), bodies):
                expect(not answer["errors"], answer)

    def _count(self, old: Target) -> int:
        found: int = self.client.count(index=old.index)["count"]
        return found

    def _rate(self, count: int, work: Callable[[], None]) -> float:
        begun = time.perf_counter()
        work()
        return count / (time.perf_counter() - begun)


def _products(file: Path, catalogue: Catalogue, count: int) -> list[dict[str, object]]:
    return [shape(parse(line, "line"), catalogue, PRODUCT) for line in lines(file, count)]


def _round(bench: Bench, copied: int, computed: int) -> dict[str, float]:
    """Read every part once."""
    rates: dict[str, float] = {}
    other = bench.catalogue.model_dump()
    mapping = Catalogue.model_validate(
        {**other, "index": {"replicas": 0, "refresh_interval": "2s"}}
    )
    prompted = {**other["model"], "document_prompt": "product: "}
    model = Catalogue.model_validate({**other, "model": prompted})
    with bench.filled(copied) as (old, bodies):
        rates[RAW] = bench.raw(old, bodies, bench.name())
        rates[COPIED], texts = bench.backfill(old, mapping, bench.name())
        expect(texts == 0, f"{texts} texts embedded for another mapping")
    with bench.filled(computed) as (old, _):
        rates[ENCODER] = bench.encoding(computed)
        rates[COMPUTED], texts = bench.backfill(old, model, bench.name())
        expect(texts > computed, f"{texts} texts embedded for another model")
    return rates


def main() -> None:
    """Read all parts in turns and print a table and the two ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--products", type=int, default=26_000, help="Of the change of mapping.")
    parser.add_argument("--embedded", type=int, default=1_000, help="Of the change of model.")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    settings, described = load(), read(options.catalogue).model_dump()
    described["name"] = described["source"]["topic"] = f"bench-{uuid.uuid4().hex[:8]}"
    catalogue = Catalogue.model_validate(described)
    encoder = Encoder.load(contract_of(catalogue).identity, settings.encoder)
    encoder.encode_documents(["the first pass of a model is slower than all others"])
    client = cluster.connect(settings.opensearch, pool=32)
    products = _products(options.file, catalogue, options.products)
    bench = Bench(settings, client, catalogue, products, encoder)
    embedded = min(options.embedded, len(products))
    rounds = [_round(bench, len(products), embedded) for _ in range(options.rounds)]
    report(rounds, len(products), embedded)


def report(rounds: Sequence[dict[str, float]], copied: int, computed: int) -> None:
    """Print each part's rate, median and all rounds, and the ratios."""
    print(f"{copied:,} products copied, {computed:,} embedded, {len(rounds)} rounds; {machine()}")
    print("| part | products per second | rounds |\n|---|---|---|")
    for name in rounds[0]:
        rates = [each[name] for each in rounds]
        shown = ", ".join(f"{rate:,.0f}" for rate in rates)
        print(f"| {name} | {statistics.median(rates):,.0f} | {shown} |")
    _ratio("another mapping, of raw bulk writes", [one[COPIED] / one[RAW] for one in rounds])
    bounds = [1 / (1 / one[ENCODER] + 1 / one[RAW]) for one in rounds]
    _ratio(
        "another model, of 1 / (1 / encoder + 1 / bulk)",
        [one[COMPUTED] / bound for one, bound in zip(rounds, bounds, strict=True)],
    )


def _ratio(name: str, ratios: Sequence[float]) -> None:
    shown = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"{name}: {statistics.median(ratios):.2f} ({shown})")


if __name__ == "__main__":
    main()
