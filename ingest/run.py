"""`connector ingest`: opens everything, runs the worker, sums up."""

import random
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from datetime import UTC, datetime
from typing import Any

from connector import broker, cluster
from connector.encoder import Encoder
from connector.settings import Settings
from connector.telemetry import progress
from ingest import drift, history
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
from ingest.plan import Planner
from ingest.signals import stop_on_signals
from ingest.state import StateReader
from ingest.target import Target, open_target
from ingest.topic import partitions_of, rewind
from ingest.vector_cache import VectorCache
from ingest.write.patience import Patience
from ingest.write.writer import Writer
from mappings.catalogue import Catalogue

# How long leaving the group may take; without a goodbye the group waits for the session's end.
LEAVE_S = 3.0
# How long dead letters that were sent may wait for Kafka then; their records are not committed.
LETTERS_S = 1.0


def run(
    settings: Settings,
    catalogue: Catalogue,
    until_caught_up: bool,
    from_beginning: bool,
    index: str | None = None,
) -> dict[str, Any]:
    """Run one worker and return its summary; see `ingest.flow.tally`.

    Args:
        settings: of this place.
        catalogue: what is fed.
        until_caught_up: whether to end when what is there now is done.
        from_beginning: whether to read the topics again from their first records.
        index: a physical index; the one that the catalogue's alias leads to where left out.

    Raises:
        ConnectorError: with the reason and what to do; nothing is lost.
    """
    with ExitStack() as opened:
        client = opened.enter_context(closing(cluster.connect(settings.opensearch)))
        target = open_target(client, catalogue, index)
        if from_beginning:
            start_over(settings, target)
        bar = opened.enter_context(progress(f"ingest {catalogue.name}"))
        return feed(
            settings,
            target,
            stop_on_signals(),
            lambda tally, total: bar.update(tally["records"], total, _note(tally)),
            until_caught_up,
        )


def feed(
    settings: Settings,
    target: Target,
    stopping: AbstractContextManager[threading.Event],
    report: Callable[[Tally, int | None], None],
    until_caught_up: bool = False,
) -> dict[str, Any]:
    """Feed one index from its topics until stopped, or until it has caught up.

    Args:
        settings: of this place.
        target: the index; its name is the consumer group.
        stopping: entered once there can be work in hand; yields what, when set, makes the worker
            finish that and end.
        report: called with the counts so far and the records there were to do.
        until_caught_up: see `run`.

    Raises:
        ConnectorError: as `run`.
    """
    started = time.monotonic()
    catalogue, kafka = target.catalogue, settings.kafka
    topics = catalogue.topics
    with ExitStack() as opened:
        consumer = broker.consumer(kafka, target.index, client_id=drift.client_id(catalogue))
        opened.callback(consumer.close, timeout_ms=int(LEAVE_S * 1000))
        partitions_of(consumer, topics, kafka)
        target = checked(target, kafka)
        stop = opened.enter_context(stopping)
        metrics = Metrics(refresh_s(catalogue.index.refresh_interval))
        letters = letters_for(settings, target)
        opened.callback(letters.close, LETTERS_S)
        worker = Worker(
            consumer,
            topics,
            steps_of(settings, target, letters, metrics, stop),
            scale_of(target),
            Mender(target, settings.ingest.batch_records),
            settings.ingest,
            stop,
            report,
            Guard(target.generations, lambda names: look(kafka, names)),
        )
        opened.enter_context(serve(settings.ingest.http, worker, metrics))
        opened.enter_context(history.keeping(settings, target.client, target, worker, metrics))
        opened.enter_context(drift.watching(target, metrics.outdated))
        with broker.faults(f"reading {', '.join(topics)}", kafka):
            worker.run(until_caught_up)
    return worker.tally.summary(time.monotonic() - started)


def start_over(settings: Settings, target: Target) -> None:
    """Set an index's group back to the first records; no worker may be in it.

    Raises:
        ConnectorError: see `ingest.generations.checked` and `ingest.topic.rewind`.
    """
    kafka = settings.kafka
    with closing(broker.consumer(kafka, target.index)) as consumer:
        partitions = partitions_of(consumer, target.catalogue.topics, kafka)
    checked(target, kafka)
    rewind(kafka, target.index, partitions)


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
        read_state=StateReader(target, patience, lambda said: metrics.retried(f"read: {said}")),
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
