"""A batch never takes more memory than it was weighed as."""

import gc
import json
import sys
import tracemalloc
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import pytest
from plugins.ingest_shop import describe

from connector.encoder.tokens import Tokens, pack
from ingest.change import Position, Record
from ingest.decoders.decoder import Decoder
from ingest.embedder import Embedder
from ingest.flow.batch import Batch, Steps
from ingest.flow.weight import Scale
from ingest.flow.worker import split
from ingest.metrics import Metrics
from ingest.plan import Planner
from ingest.vector_cache import Vector, VectorCache
from ingest.write.item import Result, Write
from ingest.write.outcome import Outcome

DIMENSION = 384


class Model:
    """Vectors from nowhere, as large as a real model's."""

    budget = 4096

    def tokenise(self, texts: Sequence[str], /) -> Tokens:
        """Read a window full of every text."""
        whole = [(number, range(256)) for number in range(len(texts))]
        return pack(whole, [False] * len(texts), [False] * len(texts))

    def encode(self, tokens: Tokens, /) -> Vector:
        """Return one row a text."""
        rows = np.random.default_rng(0).standard_normal((len(tokens), DIMENSION))
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


class Request:
    """Holds what a writer holds while it sends: a line each, and all of them in one body."""

    def write(self, writes: Sequence[Write], /) -> list[Result]:
        """Build the body, note the memory, and find all of it well."""
        before = tracemalloc.get_traced_memory()[0]
        lines = [
            orjson.dumps([write.change.fields, write.vectors], option=orjson.OPT_SERIALIZE_NUMPY)
            for write in writes
        ]
        body = b"".join(lines)
        # orjson's own buffers are larger on paper: pages that nobody touched take no memory.
        self.held = before + sum(map(sys.getsizeof, [*lines, body]))
        return [Result(Outcome.OK)] * len(writes)


class NoLetters:
    """Nothing is parked here."""

    def park(self, letters: Sequence[Any], /) -> None:
        """Refuse every letter."""
        assert not letters


@pytest.mark.parametrize("size", [20, 500, 20_000])
def test_a_batch_takes_no_more_memory_than_its_weight(size: int) -> None:
    """From the record to the body of the request, all that is held for it together."""
    catalogue = describe("shop", "shop", "none")
    request = Request()
    steps = Steps(
        decode=Decoder(catalogue, 10**6),
        read_state=lambda _: {},
        planner=Planner({name: spec.text for name, spec in catalogue.vectors.items()}, "m"),
        embedder=Embedder(Model, VectorCache(0)),
        sink=request,
        parking=NoLetters(),
        metrics=Metrics(),
    )
    count = 100_000 // (size + 1000) + 3
    _send(steps, _records(1, 10))  # what is made once is not the batch's
    gc.collect()
    tracemalloc.start()
    try:
        batch = _send(steps, _records(count, size))
    finally:
        tracemalloc.stop()
    assert batch.tally["embedded"] == count
    assert request.held <= Scale(2 * DIMENSION)(batch.records)


def _send(steps: Steps, records: list[Record]) -> Batch:
    batch = Batch(records)
    for step in (steps.plan, steps.embed, steps.write):
        step(batch)
    return batch


def _records(count: int, size: int) -> list[Record]:
    return [
        Record(
            Position("shop", 0, number),
            str(number).encode(),
            json.dumps(
                {"id": number, "v": 1, "title": f"{number} shoe", "body": "x" * size}
            ).encode(),
            0,
        )
        for number in range(count)
    ]


def test_a_heavy_poll_is_cut_into_batches_that_fit() -> None:
    """In order and complete; a record that is too heavy for any goes alone."""
    records = _records(10, 100)
    records.insert(4, _records(1, 1_000_000)[0])
    scale = Scale(8)
    limit = scale(records[:3])
    batches = list(split(records, scale, limit))
    assert [record for batch in batches for record in batch] == records
    assert all(scale(batch) <= limit or len(batch) == 1 for batch in batches)
    assert len(batches) <= 6


def test_nothing_makes_no_batch() -> None:
    """An empty poll is no work."""
    assert list(split([], Scale(8), 100)) == []
