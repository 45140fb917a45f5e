"""Kafka: consumers, producers and topics with the defaults that lose nothing."""

import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from functools import cache
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import (
    AuthorizationError,
    InvalidTopicError,
    KafkaError,
    SaslAuthenticationFailedError,
    TopicAlreadyExistsError,
    UnsupportedCodecError,
    UnsupportedSaslMechanismError,
)
from kafka.record.default_records import DefaultRecordBatch

from connector.authority import authority
from connector.errors import BrokerUnavailableError, StopError
from connector.settings import KafkaSettings

# A consumer that is silent for this long while the model works is still alive.
MAX_POLL_INTERVAL_MS = 300_000
# How long the group waits for a worker that died before it gives its partitions to another.
SESSION_TIMEOUT_MS = 12_000
HEARTBEAT_MS = 3_000
# Partitions that are added to a topic are read after so long at the latest.
METADATA_MAX_AGE_MS = 30_000
# Records may be as large as a broker allows; the client must be able to take one whole.
MAX_FETCH_BYTES = 16_000_000
# What a transaction that was aborted wrote never was.
ISOLATION = "read_committed"

_REFUSED = (
    AuthorizationError,
    InvalidTopicError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)


@contextmanager
def faults(doing: str, settings: KafkaSettings) -> Iterator[None]:
    """Turn kafka-python's errors into the connector's, naming what was being done.

    Raises:
        StopError: Kafka refused the credentials, the permission or the topic's name; or its records
            are packed in a way that nothing installed unpacks.
        BrokerUnavailableError: every other error; nothing was lost.
    """
    try:
        yield
    except KafkaError as error:
        said = " ".join(str(error).split())[:300]
        where = f"Kafka at {settings.bootstrap_servers}"
        if isinstance(error, _REFUSED):
            raise StopError(
                f"{where} refused {doing}: {said}; check the user, its rights and the topic's name"
            ) from error
        if isinstance(error, UnsupportedCodecError):
            raise StopError(
                f"{where} has compressed records that cannot be unpacked while {doing}: {said}; "
                "install it with: pip install 'hybrid-search-connector[ingest]', then start "
                "again: nothing was lost"
            ) from error
        raise BrokerUnavailableError(
            f"{where} failed while {doing}: {said}; "
            "check kafka.bootstrap_servers, kafka.security_protocol and that it runs "
            "(`connector local status`)"
        ) from error


def consumer(settings: KafkaSettings, group: str, **more: Any) -> KafkaConsumer:
    """Make a consumer that takes bytes, starts at the earliest offset and never commits itself.

    Args:
        settings: how to reach Kafka.
        group: its consumer group.
        more: of kafka-python's own, `client_id` for example.

    Raises:
        BrokerUnavailableError: no broker answered within `kafka.timeout_s`.
    """
    with faults("connecting", settings):
        made = KafkaConsumer(
            **_common(settings),
            **{
                "group_id": group,
                "auto_offset_reset": "earliest",
                "enable_auto_commit": False,
                "allow_auto_create_topics": False,
                "isolation_level": ISOLATION,
                "max_poll_interval_ms": MAX_POLL_INTERVAL_MS,
                "session_timeout_ms": SESSION_TIMEOUT_MS,
                "heartbeat_interval_ms": HEARTBEAT_MS,
                "metadata_max_age_ms": METADATA_MAX_AGE_MS,
                "max_partition_fetch_bytes": MAX_FETCH_BYTES,
                "fetch_max_bytes": 4 * MAX_FETCH_BYTES,
                **more,
            },
        )
    _finish_joins(made)
    return made


def knows(made: KafkaConsumer, topic: str) -> bool:
    """Return whether a topic was there when a consumer last heard of its topics; nobody is asked.

    It hears every `METADATA_MAX_AGE_MS`, and of nothing while Kafka is away.
    """
    return bool(made._cluster.partitions_for_topic(topic))  # noqa: SLF001 - what is public may ask


def _finish_joins(made: KafkaConsumer) -> None:
    """Keep a consumer from forgetting a join that outlasts one poll.

    kafka-python 3.0.12 asks again before it takes in the answer whether it needs to join; when
    new metadata was the reason (after every start, and when partitions are added), joining has
    removed that reason, the answer is dropped and the partitions stay unreadable for ever.
    """
    coordinator = made._coordinator  # noqa: SLF001 - nothing public reaches it
    needed = coordinator.need_rejoin
    coordinator.need_rejoin = lambda: coordinator._join_task is not None or needed()  # noqa: SLF001


class Joins:
    """When a consumer joins its group anew: never while it is held, whatever heartbeats say.

    kafka-python joins inside `poll`, as soon as a heartbeat has told it that members come or go,
    and from then on nothing can be committed. A worker that holds work finishes it first; the
    group waits, for as long as `MAX_POLL_INTERVAL_MS` if need be.

    Args:
        made: only the thread that polls it may use this.
    """

    def __init__(self, made: KafkaConsumer) -> None:
        self._coordinator = made._coordinator  # noqa: SLF001 - nothing public reaches it
        self._wanted = self._coordinator.need_rejoin
        self.held = False
        self._coordinator.need_rejoin = self._may_join

    @property
    def due(self) -> bool:
        """Whether the next poll would join, were it not held."""
        return not self._under_way and bool(self._wanted())

    def _may_join(self) -> bool:
        return self._under_way or (not self.held and bool(self._wanted()))

    @property
    def _under_way(self) -> bool:
        return self._coordinator._join_task is not None  # noqa: SLF001 - as above


class Losses(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """Whether the group took a consumer for dead; given to `KafkaConsumer.subscribe`.

    What such a consumer knows of its partitions is history, also of those that it gets again:
    somebody else had them, and has committed. Callbacks run on the client's own thread, where
    nothing may be asked of it, so a loss is only noted.
    """

    def __init__(self) -> None:
        self._lost = threading.Event()

    def on_partitions_lost(self, lost: Collection[TopicPartition]) -> None:
        """Note it."""
        if lost:
            self._lost.set()

    def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Do nothing: the work was handed over before the group was joined."""

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Do nothing: the next poll says what is assigned."""

    def take(self) -> bool:
        """Return whether there was a loss since the last call."""
        there = self._lost.is_set()
        self._lost.clear()
        return there


class Jumps:
    """Where a consumer was to read on, and Kafka no longer had, or never had, the record there.

    The client says nothing of it and goes on at the first record that there is.

    Args:
        made: only the thread that polls it may use this.
    """

    def __init__(self, made: KafkaConsumer) -> None:
        self._state = made._subscription  # noqa: SLF001 - nothing public reaches it
        self._reset = self._state.request_offset_reset
        self._state.request_offset_reset = self._note
        self._from: dict[TopicPartition, int] = {}

    def take(self) -> dict[TopicPartition, int]:
        """Return by partition the offset that was to be read next, of jumps since the last call."""
        found, self._from = self._from, {}
        return found

    def _note(self, place: TopicPartition, strategy: Any = None) -> None:
        if strategy is None:  # nobody asked for it
            self._from[place] = self._state.assignment[place].position.offset
        self._reset(place, strategy)


def producer(settings: KafkaSettings, **more: Any) -> KafkaProducer:
    """Make a producer whose records are acknowledged by all replicas, in order and once."""
    with faults("connecting", settings):
        return KafkaProducer(
            **_common(settings),
            **{
                "acks": "all",
                "enable_idempotence": True,
                "linger_ms": 5,
                "max_request_size": MAX_FETCH_BYTES,
                "allow_auto_create_topics": False,
                "delivery_timeout_ms": int(max(settings.timeout_s, 31) * 1000),
                **more,
            },
        )


def reader(settings: KafkaSettings) -> KafkaConsumer:
    """Make a consumer of no group, for reading given partitions from given offsets.

    Raises:
        BrokerUnavailableError: no broker answered within `kafka.timeout_s`.
    """
    with faults("connecting", settings):
        return KafkaConsumer(
            **_common(settings),
            group_id=None,
            enable_auto_commit=False,
            allow_auto_create_topics=False,
            isolation_level=ISOLATION,
            max_partition_fetch_bytes=MAX_FETCH_BYTES,
            fetch_max_bytes=4 * MAX_FETCH_BYTES,
        )


def create_topic(settings: KafkaSettings, topic: str, partitions: int = 1, **configs: str) -> bool:
    """Create a topic with the cluster's own replication; return whether it was missing.

    Args:
        settings: how to reach Kafka.
        topic: its name.
        partitions: how many.
        configs: of the topic, dots written as underscores; the cluster's own where not given.

    Raises:
        BrokerUnavailableError, StopError: see `faults`.
    """
    with faults(f"creating topic {topic!r}", settings), closing(admin(settings)) as client:
        if topic in client.list_topics():
            return False
        try:
            named = {name.replace("_", "."): value for name, value in configs.items()}
            options = {"num_partitions": partitions, "configs": named}
            client.create_topics({topic: options}, wait_for_metadata=True)
        except TopicAlreadyExistsError:
            return False
    return True


def admin(settings: KafkaSettings) -> KafkaAdminClient:
    """Make an admin client for topics and groups."""
    with faults("connecting", settings):
        return KafkaAdminClient(**_common(settings))


def _common(settings: KafkaSettings) -> dict[str, Any]:
    _quiet()
    _take_any_header()
    values: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers.split(","),
        "security_protocol": settings.security_protocol,
        "bootstrap_timeout_ms": int(settings.timeout_s * 1000),
    }
    if settings.sasl_mechanism:
        secret = settings.sasl_plain_password
        values |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_plain_username,
            "sasl_plain_password": secret.get_secret_value() if secret else None,
        }
    if settings.ssl_cafile:
        values["ssl_cafile"] = authority(settings.ssl_cafile, "kafka.ssl_cafile")
    return values


class _Lenient(bytes):
    """Bytes whose parts have a mark in the place of what is no UTF-8, when they are read as text."""

    def __getitem__(self, where: Any) -> Any:
        part = super().__getitem__(where)
        return _Lenient(part) if isinstance(part, bytes) else part

    def decode(self, *_: Any) -> str:
        return super().decode("utf-8", "replace")


@cache
def _take_any_header() -> None:
    """Read headers whose names are no UTF-8, as other clients do.

    kafka-python 3.0.12 raises at every poll from there on, and a client that sends names as bytes
    may write such a record: its partition would stand still for ever.
    """
    read = DefaultRecordBatch._read_msg  # noqa: SLF001 - nothing public reaches it

    def leniently(batch: Any) -> Any:
        try:
            return read(batch)
        except UnicodeDecodeError:
            batch._buffer = _Lenient(batch._buffer)  # noqa: SLF001 - as above
            return read(batch)

    DefaultRecordBatch._read_msg = leniently  # noqa: SLF001 - as above


def _quiet() -> None:
    """Silence the client's running commentary: what matters is raised, and said in one line."""
    if not logging.getLogger("connector").isEnabledFor(logging.DEBUG):
        logging.getLogger("kafka").setLevel(logging.CRITICAL)
