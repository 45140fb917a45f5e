"""What the value of a record says about a row of the source, whatever format it is written in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.errors import DeadLetterError

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the source.

    Attributes:
        fields: the row as it is now, whole; None when it was deleted.
        before: what is still known of a deleted row: at least its key, maybe nothing more.
        envelope: what the source says about the change, where `source.version` may look, too;
            empty where a value is nothing but the row.
    """

    fields: Json | None
    before: Json = field(default_factory=dict)
    envelope: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Format:
    """How the values of a topic are written; what the entry points `connector.decoders` name.

    Attributes:
        open: makes a row of a value, or None of one that asks for nothing. It is pure, is given
            bytes as they came, never none, and raises DeadLetterError(class, reason) for what can
            never become a row; anything else that it raises stops the worker.
        echoes: whether a delete comes as a value of its own, so that the null value after it, which
            compaction needs, says nothing new.
    """

    open: Callable[[bytes], Row | None]
    echoes: bool = False


def unwrap(value: Json) -> Json:
    """Take a Kafka Connect `schema`/`payload` wrapper off, where there is one.

    Raises:
        DeadLetterError: BadEnvelope when the payload is no object.
    """
    if value.keys() != {"schema", "payload"}:
        return value
    payload = value["payload"]
    if not isinstance(payload, dict):
        raise DeadLetterError("BadEnvelope", f"payload is {kind(payload)}, expected an object")
    return payload


def an_object(value: Any, what: str) -> dict[str, Any]:
    """Return a JSON object as it is.

    Raises:
        DeadLetterError: NotAnObject.
    """
    if not isinstance(value, dict):
        raise DeadLetterError("NotAnObject", f"{what} is {kind(value)}, expected an object")
    return value


def kind(value: Any) -> str:
    """Return what a JSON value is, for a reason."""
    return "null" if value is None else f"a {type(value).__name__}"
