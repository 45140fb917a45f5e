"""Kafka: consumers, producers and admin calls with the defaults that lose nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from connector.errors import BrokerUnavailableError
from connector.settings import KafkaSettings

# A consumer that is silent for this long while the model works is still alive.
MAX_POLL_INTERVAL_MS = 300_000
# Records may be as large as a broker allows; the client must be able to take one whole.
MAX_FETCH_BYTES = 16_000_000


@contextmanager
def faults(doing: str, settings: KafkaSettings) -> Iterator[None]:
    """Turn kafka-python's errors into BrokerUnavailableError, naming what was being done."""
    try:
        yield
    except KafkaError as error:
        raise BrokerUnavailableError(
            f"Kafka at {settings.bootstrap_servers} failed while {doing}: "
            f"{type(error).__name__} {error}".rstrip()
            + "; check kafka.bootstrap_servers and that it runs (`connector local status`)"
        ) from error


def consumer(settings: KafkaSettings, group: str) -> KafkaConsumer:
    """Make a consumer that takes bytes, starts at the earliest offset and never commits itself.

    Raises:
        BrokerUnavailableError: no broker answered within `kafka.timeout_s`.
    """
    with faults("connecting", settings):
        return KafkaConsumer(
            **_common(settings),
            group_id=group,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            allow_auto_create_topics=False,
            max_poll_interval_ms=MAX_POLL_INTERVAL_MS,
            max_partition_fetch_bytes=MAX_FETCH_BYTES,
            fetch_max_bytes=4 * MAX_FETCH_BYTES,
        )


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
                **more,
            },
        )


def admin(settings: KafkaSettings) -> KafkaAdminClient:
    """Make an admin client for topics and groups."""
    with faults("connecting", settings):
        return KafkaAdminClient(**_common(settings))


def _common(settings: KafkaSettings) -> dict[str, Any]:
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
        values["ssl_cafile"] = str(settings.ssl_cafile)
    return values
