"""What one Kafka record asks for, in the connector's own terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Position:
    """Where a record stands in Kafka."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Record:
    """One Kafka record, undecoded; `timestamp` is milliseconds since the epoch, -1 for none."""

    position: Position
    key: bytes | None
    value: bytes | None
    timestamp: int
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class ProductChange:
    """One change of the fields that one stream owns of one product.

    Attributes:
        id: the document's `_id`.
        group: the stream that owns the fields; `product` for the catalogue stream.
        version: the source's own order within (id, group); 0 ≤ version < 2**63.
        fields: the stored fields the stream now has, complete; None is a delete.
        record: the record it came from; None for a change made from the index itself.
        borrowed: a delete that carries no version of its own; `version` is the record's time in
            microseconds, and `plan` checks that it can be compared.
    """

    id: str
    group: str
    version: int
    fields: Mapping[str, Any] | None
    record: Record | None = None
    borrowed: bool = False
