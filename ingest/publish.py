"""JSON lines become Kafka records: one product a line, the id as the key."""

import gzip
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from kafka import KafkaProducer
from kafka.errors import MessageSizeTooLargeError

from connector.broker import create_topic, faults, producer
from connector.errors import DeadLetterError, UsageError
from connector.settings import KafkaSettings
from ingest.decoders.formats import format_named
from ingest.decoders.key import bare
from mappings.tables import Source

STDIN = "-"


def publish(
    settings: KafkaSettings,
    source: Source,
    file: str,
    partitions: int,
    report: Callable[[int], None],
) -> int:
    """Send every line of a file to a stream's topic; blank lines are skipped.

    Args:
        settings: how to reach Kafka.
        source: says topic, format and id.
        file: plain or `.gz`, or `-` for standard input.
        partitions: of the topic, where it is missing.
        report: called with the number of records sent so far.

    Returns:
        Records sent and acknowledged.

    Raises:
        UsageError: the file cannot be read, or a line is no product, or larger than the topic
            takes; names file and line.
        BrokerUnavailableError, StopError: Kafka is away or refuses.
    """
    topic = source.topic
    with _opened(file) as lines:
        create_topic(settings, topic, partitions)
        with faults(f"publishing to {topic!r}", settings):
            target = producer(settings, linger_ms=20, batch_size=256_000)
            try:
                return _send(target, topic, file, _records(source, file, lines), report)
            finally:
                target.close()


def _send(
    target: KafkaProducer,
    topic: str,
    file: str,
    records: Iterator[tuple[int, bytes, bytes]],
    report: Callable[[int], None],
) -> int:
    waiting: list[tuple[int, Any]] = []
    sent = 0
    for number, key, value in records:
        waiting.append((number, target.send(topic, key=key, value=value)))
        sent += 1
        if len(waiting) >= _UNACKNOWLEDGED:
            _acknowledge(file, waiting)
            report(sent)
    target.flush()
    _acknowledge(file, waiting)
    report(sent)
    return sent


# Futures kept before they are looked at; bounds memory, not speed.
_UNACKNOWLEDGED = 1000


def _acknowledge(file: str, waiting: list[tuple[int, Any]]) -> None:
    for number, future in waiting:
        try:
            future.get()
        except MessageSizeTooLargeError:
            raise UsageError(
                f"{file}:{number}: this line, or one of those sent together with it, is larger than "
                "the topic takes; raise its `max.message.bytes`, or leave the line out, and publish "
                "again from here; the lines before it are published"
            ) from None
    waiting.clear()


def _records(source: Source, file: str, lines: IO[bytes]) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield number, key and value of each line."""
    for number, line in enumerate(lines, 1):
        value = line.strip()
        if not value:
            continue
        try:
            yield number, _key(source, value).encode(), value
        except DeadLetterError as error:
            raise UsageError(
                f"{file}:{number}: {error} ({error.error_class}); the lines before it are published"
            ) from None


def _key(source: Source, value: bytes) -> str:
    row = format_named(source.format).open(value)
    known = {} if row is None else row.before if row.fields is None else row.fields
    found = known.get(source.id)
    if isinstance(found, bool) or not isinstance(found, str | int) or not bare(str(found)):
        raise DeadLetterError(
            "MissingId", f"field {source.id!r} is {found!r}, expected a string or an integer"
        )
    return bare(str(found))


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    if file == STDIN:
        yield sys.stdin.buffer
        return
    path = Path(file)
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            yield lines  # type: ignore[misc]  # gzip's file is an IO[bytes] in all but name
    except (OSError, EOFError) as error:
        raise UsageError(f"{file} cannot be read: {type(error).__name__} {error}") from None
