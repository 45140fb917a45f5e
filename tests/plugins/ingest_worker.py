"""A worker in this process, whose model and whose cluster can be made to wait."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from plugins.ingest_shop import Shop

from connector import broker
from connector.encoder import Encoder, Tokens
from ingest.embedder import Embedder
from ingest.flow.mend import Mender
from ingest.flow.worker import Worker
from ingest.metrics import Metrics
from ingest.run import scale_of, steps_of
from ingest.target import open_target
from ingest.vector_cache import Vector, VectorCache
from ingest.write.item import Result, Write
from mappings.contract import contract_of


class NoLetters:
    """Nothing is parked here: every change can be written."""

    def park(self, letters: Sequence[Any], /) -> None:
        """Refuse every letter."""
        assert not letters


@dataclass
class Model:
    """A real model that counts how often it embeds each text, and waits while it is shut."""

    encoder: Encoder
    counts: Counter[bytes] = field(default_factory=Counter)
    asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    budget: int = 4096
    open: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(cls, shop: Shop) -> "Model":
        """Load the shop's model, open."""
        made = cls(Encoder.load(contract_of(shop.catalogue).identity, shop.settings.encoder))
        made.open.set()
        return made

    def tokenise(self, texts: Sequence[str], /) -> Tokens:
        """Return the texts as the model reads them."""
        return self.encoder.tokenise(texts)

    def encode(self, tokens: Tokens, /) -> Vector:
        """Embed, as soon as the model is open."""
        ends = tokens.lengths.cumsum()
        texts = [
            tokens.ids[end - length : end] for end, length in zip(ends, tokens.lengths, strict=True)
        ]
        self.asked.release()
        assert self.open.wait(480)
        self.counts.update(text.tobytes() for text in texts)
        return self.encoder.encode(tokens)

    def give_up(self) -> None:
        """Be open, once and for all."""
        self.open.set()


@dataclass
class Held:
    """A cluster that does not answer while it is shut."""

    sink: Any
    open: threading.Event = field(default_factory=threading.Event)
    asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def write(self, writes: Sequence[Write], /) -> list[Result]:
        """Write, as soon as the cluster is there."""
        self.asked.release()
        assert self.open.wait(480)
        found: list[Result] = self.sink.write(writes)
        return found


@contextmanager
def working(
    shop: Shop, model: Model, held: bool = False, **settings: Any
) -> Iterator[tuple[Worker, threading.Thread]]:
    """Run a worker in a thread until it has caught up or is stopped; it ends with the block."""
    target = open_target(shop.client, shop.catalogue)
    stop = threading.Event()
    steps = steps_of(shop.settings, target, NoLetters(), Metrics(), stop)
    steps = replace(steps, embedder=Embedder(lambda: model, VectorCache(0)))
    if held:
        steps = replace(steps, sink=Held(steps.sink))
    sizes = shop.settings.ingest.model_copy(update={"batch_records": 10, **settings})
    consumer = broker.consumer(shop.settings.kafka, shop.index)
    worker = Worker(
        consumer,
        [shop.topic],
        steps,
        scale_of(target),
        Mender(target, 10),
        sizes,
        stop,
        lambda *_: None,
    )

    def run() -> None:
        worker.run(until_caught_up=True)
        consumer.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield worker, thread
    finally:
        stop.set()
        model.open.set()
        if held:
            steps.sink.open.set()  # type: ignore[attr-defined]
        thread.join(240)
        assert not thread.is_alive()
