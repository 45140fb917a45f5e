"""A dead letter: where a record stands, why it can never be written, and maybe what it says."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from ingest.change import Position, Record

SUFFIX = ".deadletters"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record, and why it can never be written."""

    record: Record
    error_class: str
    reason: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter as it is kept.

    Attributes:
        position, timestamp, key: of the record; milliseconds, bytes.
        error_class: short stable name of the fault.
        reason: why, for people.
        catalogue, index: what it was meant for.
        at: when it was parked last, ISO 8601.
        payload: see `ingest.deadletters.payload`; None where none is kept.
    """

    position: Position
    timestamp: int
    key: bytes | None
    error_class: str
    reason: str
    catalogue: str
    index: str
    at: str
    payload: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """What people call it: `topic/partition/offset`."""
        return f"{self.position.topic}/{self.position.partition}/{self.position.offset}"

    @property
    def identity(self) -> bytes:
        """Its key in the dead-letter topic: the same however often the record is refused.

        The time tells records apart that stood at one place of a topic that was made anew.
        """
        return f"{self.index}/{self.name}/{self.timestamp}".encode()

    def body(self) -> dict[str, Any]:
        """Return the letter as the JSON object that is kept."""
        return {
            "topic": self.position.topic,
            "partition": self.position.partition,
            "offset": self.position.offset,
            "timestamp": self.timestamp,
            **packed("key", self.key),
            "error_class": self.error_class,
            "reason": self.reason,
            "catalogue": self.catalogue,
            "index": self.index,
            "at": self.at,
            **({"payload": self.payload} if self.payload is not None else {}),
        }

    @classmethod
    def parse(cls, data: bytes) -> "Letter":
        """Read back what `body` gave."""
        body = orjson.loads(data)
        return cls(
            Position(body["topic"], body["partition"], body["offset"]),
            body["timestamp"],
            unpacked("key", body),
            body["error_class"],
            body["reason"],
            body["catalogue"],
            body["index"],
            body["at"],
            body.get("payload"),
        )


def packed(name: str, data: bytes | None) -> dict[str, str | None]:
    """Return bytes as JSON can hold them: text where they are UTF-8, else base64."""
    try:
        return {name: None if data is None else data.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(data or b"").decode()}


def unpacked(name: str, body: Mapping[str, Any]) -> bytes | None:
    """Return the bytes that stand under `name` or, as base64, under `NAME_base64`."""
    coded = body.get(f"{name}_base64")
    if coded is not None:
        return base64.b64decode(coded)
    found = body.get(name)
    return None if found is None else str(found).encode()
