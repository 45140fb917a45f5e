"""`connector ingest`: opens everything, runs the worker, sums up."""

import random
import threading
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from typing import Any

from connector import broker, cluster
from connector.encoder import Encoder
from connector.settings import Settings
from connector.telemetry import progress
from ingest import history
from ingest.deadletters.parking import DeadLetters
from ingest.deadletters.payload import Keeping
from ingest.decoders.decoder import Decoder
from ingest.embedder import Embedder
from ingest.endpoint import serve
from ingest.flow.batch import Parking, Steps
from ingest.flow.mend import Mender
from ingest.flow.tally import Tally
from ingest.flow.weight import Scale
from ingest.flow.worker import Worker
from ingest.generations import checked, look
from ingest.guard import Guard
from ingest.metrics import Metrics, refresh_s
from ingest.plan import Planner, read_state
from ingest.signals import stop_on_signals
from ingest.target import Target, open_target
from ingest.topic import partitions_of, rewind
from ingest.vector_cache import VectorCache
from ingest.write.patience import Patience
from ingest.write.writer import Writer
from mappings.catalogue import Catalogue

# How long leaving the group may take; without a goodbye the group waits for the session's end.
LEAVE_S = 3.0


def run(
    settings: Settings, catalogue: Catalogue, until_caught_up: bool, from_beginning: bool
) -> dict[str, Any]:
    """Run one worker and return its summary; see `ingest.flow.tally`.

    Raises:
        ConnectorError: with the reason and what to do; nothing is lost.
    """
    started = time.monotonic()
    topics, kafka = catalogue.topics, settings.kafka
    with ExitStack() as opened:
        client = opened.enter_context(closing(cluster.connect(settings.opensearch)))
        target = open_target(client, catalogue)
        consumer = broker.consumer(kafka, target.index)
        opened.callback(consumer.close, timeout_ms=int(LEAVE_S * 1000))
        partitions = partitions_of(consumer, topics, kafka)
        target = checked(target, kafka)
        if from_beginning:
            rewind(kafka, target.index, partitions)
        stop = opened.enter_context(stop_on_signals())
        metrics = Metrics(refresh_s(catalogue.index.refresh_interval))
        letters = opened.enter_context(closing(letters_for(settings, target)))
        steps = steps_of(settings, target, letters, metrics, stop)
        bar = opened.enter_context(progress(f"ingest {catalogue.name}"))
        worker = Worker(
            consumer,
            topics,
            steps,
            scale_of(target),
            Mender(target, settings.ingest.batch_records),
            settings.ingest,
            stop,
            lambda tally, total: bar.update(tally["records"], total, _note(tally)),
            Guard(target.generations, lambda names: look(kafka, names)),
        )
        opened.enter_context(serve(settings.ingest.http, worker, metrics))
        opened.enter_context(history.keeping(settings, client, target, worker, metrics))
        with broker.faults(f"reading {', '.join(topics)}", kafka):
            worker.run(until_caught_up)
    return worker.tally.summary(time.monotonic() - started)


def letters_for(settings: Settings, target: Target) -> DeadLetters:
    """Open the dead letters of an index."""
    keeping = Keeping.of(settings.ingest.deadletters)
    return DeadLetters(settings.kafka, keeping, target.catalogue.name, target.index, now)


def steps_of(
    settings: Settings, target: Target, parking: Parking, metrics: Metrics, stop: threading.Event
) -> Steps:
    """Put the way of a batch together; `stop` cuts its pauses short."""
    patience = Patience.of(settings.ingest, stop.wait, random.random)
    return Steps(
        decode=Decoder(target.catalogue, settings.ingest.max_record_bytes, target.generations),
        read_state=lambda ids: patience.insist(lambda: read_state(target, ids)),
        planner=Planner(target.contract.templates, target.model),
        embedder=Embedder(
            lambda: Encoder.load(target.contract.identity, settings.encoder),
            VectorCache(settings.encoder.cache_bytes),
        ),
        sink=Writer(target, settings.ingest.bulk_bytes, patience, now, metrics),
        parking=parking,
        metrics=metrics,
    )


def scale_of(target: Target) -> Scale:
    """Return what weighs records that are to be written to `target`."""
    return Scale(target.contract.identity.dimension * len(target.catalogue.vectors))


def now() -> str:
    """Return the present time in UTC, ISO 8601, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _note(tally: Tally) -> str:
    counts = ("embedded", "unchanged", "stale", "deleted", "failed", "dead_letters")
    return ", ".join(f"{tally[name]:,} {name.replace('_', ' ')}" for name in counts if tally[name])
