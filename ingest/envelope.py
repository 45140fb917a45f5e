"""What a record's body says happened: plain JSON objects, or Debezium's change envelope.

https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-events
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.errors import DeadLetterError

Json = Mapping[str, Any]

_UPSERTS = frozenset({"c", "u", "r"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the source.

    Attributes:
        fields: the row as it is now; None when it was deleted.
        before: what is still known of a deleted row: at least its key, maybe nothing more.
        envelope: what the source says about the change; empty for plain JSON.
    """

    fields: Json | None
    before: Json = field(default_factory=dict)
    envelope: Json = field(default_factory=dict)


def open_json(value: Any) -> Row:
    """Read a plain product object.

    Raises:
        DeadLetterError: NotAnObject.
    """
    return Row(_object(value, "value"))


def open_debezium(value: Any) -> Row:
    """Read a change event, with or without its `schema`/`payload` wrapper.

    Raises:
        DeadLetterError: NotAnObject, or BadEnvelope when it is no row change.
    """
    envelope = unwrap(_object(value, "value"))
    operation = envelope.get("op")
    if operation in _UPSERTS:
        return Row(_row(envelope, "after"), envelope=envelope)
    if operation == "d":
        before = envelope.get("before")
        return Row(None, before if isinstance(before, dict) else {}, envelope)
    raise DeadLetterError(
        "BadEnvelope",
        f"op is {operation!r}, expected 'c', 'u', 'r' or 'd'; "
        'for plain JSON set source.format = "json"',
    )


def unwrap(value: Json) -> Json:
    """Take a Kafka Connect `schema`/`payload` wrapper off, where there is one.

    Raises:
        DeadLetterError: BadEnvelope when the payload is no object.
    """
    if value.keys() != {"schema", "payload"}:
        return value
    payload = value["payload"]
    if not isinstance(payload, dict):
        raise DeadLetterError("BadEnvelope", f"payload is {_kind(payload)}, expected an object")
    return payload


def _row(envelope: Json, name: str) -> Json:
    row = envelope.get(name)
    if not isinstance(row, dict):
        raise DeadLetterError(
            "BadEnvelope", f"{name} is {_kind(row)} although op is {envelope['op']!r}"
        )
    return row


def _object(value: Any, what: str) -> Json:
    if not isinstance(value, dict):
        raise DeadLetterError("NotAnObject", f"{what} is {_kind(value)}, expected an object")
    return value


def _kind(value: Any) -> str:
    return "null" if value is None else f"a {type(value).__name__}"
