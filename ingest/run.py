"""`connector ingest`: opens everything, checks the guards, runs the worker, sums up."""

import logging
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import NoError
from opensearchpy import OpenSearch

from connector import broker, cluster
from connector.encoder import Encoder
from connector.errors import MappingMismatchError, RefusedError, StopError
from connector.settings import KafkaSettings, Settings
from connector.telemetry import progress
from ingest.batch import Steps
from ingest.deadletters import DeadLetters
from ingest.decode import Decoder
from ingest.mend import Mender
from ingest.patience import Patience
from ingest.plan import Planner, read_state
from ingest.tally import Tally
from ingest.worker import Worker
from ingest.write import Writer
from mappings.catalogue import Catalogue
from mappings.contract import ModelContract, contract_of, require_same
from mappings.live import LiveIndex, open_index

log = logging.getLogger(__name__)


def run(
    settings: Settings, catalogue: Catalogue, until_caught_up: bool, from_beginning: bool
) -> dict[str, Any]:
    """Run one worker and return its summary; see `ingest.tally`.

    Raises:
        ConnectorError: with the reason and what to do; nothing is lost.
    """
    started = time.monotonic()
    with ExitStack() as opened:
        client = opened.enter_context(closing(cluster.connect(settings.opensearch)))
        live = open_index(client, catalogue.name)
        contract = contract_of(catalogue)
        require_ready(catalogue, contract, live)
        topic = catalogue.source.topic
        consumer = opened.enter_context(closing(broker.consumer(settings.kafka, live.physical)))
        partitions = _partitions(consumer, topic, settings.kafka)
        if from_beginning:
            rewind(settings.kafka, live.physical, partitions)
        stop = opened.enter_context(stop_on_signals())
        parking = opened.enter_context(
            closing(DeadLetters(settings.kafka, topic, catalogue.name, live.physical, now))
        )
        steps = steps_of(settings, catalogue, contract, client, live.physical, parking, stop)
        mender = Mender(client, live.physical, catalogue, steps, settings.ingest.batch_records)
        bar = opened.enter_context(progress(f"ingest {topic}"))
        worker = Worker(
            consumer,
            topic,
            steps,
            mender,
            settings.ingest.batch_records,
            stop,
            lambda tally, total: bar.update(tally["records"], total, _note(tally)),
        )
        with broker.faults(f"reading {topic!r}", settings.kafka):
            worker.run(until_caught_up)
        if until_caught_up:
            mender.refresh()
    return worker.tally.summary(time.monotonic() - started)


def steps_of(
    settings: Settings,
    catalogue: Catalogue,
    contract: ModelContract,
    client: OpenSearch,
    index: str,
    parking: DeadLetters,
    stop: threading.Event,
) -> Steps:
    """Put the way of a batch together."""
    patience = Patience.of(settings.ingest, stop.wait, random.random)
    model = contract.fingerprint
    return Steps(
        decode=Decoder(catalogue, settings.ingest.max_record_bytes),
        read_state=lambda ids: patience.insist(lambda: read_state(client, index, ids)),
        planner=Planner(contract.templates, model),
        load=lambda: Encoder.load(contract.identity, settings.encoder),
        sink=Writer(client, index, catalogue, model, settings.ingest.bulk_bytes, patience, now),
        parking=parking,
    )


def require_ready(catalogue: Catalogue, contract: ModelContract, live: LiveIndex) -> None:
    """Refuse an index of another model or another catalogue.

    Raises:
        ModelMismatchError, MappingMismatchError: what differs and what to do.
    """
    require_same(contract, live.model, live.physical)
    there = live.meta["catalogue_hash"]
    if there != catalogue.hash:
        raise MappingMismatchError(
            f"index {live.physical!r} was built from another version of catalogue "
            f"{catalogue.name!r} ({there} there, {catalogue.hash} here); see what differs with "
            "`connector mappings diff` and bring it up to date with `connector mappings apply`"
        )


def rewind(settings: KafkaSettings, group: str, partitions: list[TopicPartition]) -> None:
    """Set the group's commits back to the first records of the topic.

    Raises:
        RefusedError: another worker of the group is running.
    """
    with broker.faults("rewinding", settings), closing(broker.admin(settings)) as admin:
        answers = admin.reset_group_offsets(group, {p: OffsetSpec.EARLIEST for p in partitions})
    refused = {answer["error"] for answer in answers.values()} - {NoError}
    if refused:
        raise RefusedError(
            f"the offsets of group {group!r} cannot be set back "
            f"({', '.join(sorted(error.__name__ for error in refused))}): another worker of this "
            "index is running, or died less than "
            f"{broker.SESSION_TIMEOUT_MS // 1000} s ago; stop it, then try again"
        )


def _partitions(
    consumer: KafkaConsumer, topic: str, settings: KafkaSettings
) -> list[TopicPartition]:
    with broker.faults(f"looking for topic {topic!r}", settings):
        numbers = consumer.partitions_for_topic(topic)
    if not numbers:
        raise StopError(
            f"topic {topic!r} does not exist on Kafka at {settings.bootstrap_servers}; create it, "
            "or let `connector publish` do so, or correct source.topic in the catalogue"
        )
    return [TopicPartition(topic, number) for number in sorted(numbers)]


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """Yield an event that SIGTERM and SIGINT set; a second signal ends the process at once."""
    stop = threading.Event()

    def handle(number: int, _frame: object) -> None:
        log.info("%s: finishing what is in hand", signal.Signals(number).name)
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def now() -> str:
    """Return the present time in UTC, ISO 8601, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _note(tally: Tally) -> str:
    counts = ("embedded", "unchanged", "stale", "deleted", "failed", "dead_letters")
    return ", ".join(f"{tally[name]:,} {name.replace('_', ' ')}" for name in counts if tally[name])
