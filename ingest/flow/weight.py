"""How much memory a batch takes while it is under way, estimated before it is decoded."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.change import Record

# The objects around one product: record, change, plan, fields, tokens (about 3 KB, measured).
_OBJECTS = 4_000
# The bytes of a record stand there as they came, decoded, as texts, in the line of the bulk
# request, in its body, and once more in the client while it is sent; a text in memory may take
# up to two bytes a letter.
_COPIES = 8
# A vector's number: 4 bytes as float32, up to 14 as JSON in the line and again in the body.
_FLOAT = 32


@dataclass(frozen=True)
class Scale:
    """Weighs records.

    Attributes:
        floats: numbers in one product's vectors.
    """

    floats: int

    def __call__(self, records: Sequence[Record]) -> int:
        """Return the most bytes that a batch of these records takes."""
        raw = sum(len(record.key or b"") + len(record.value or b"") for record in records)
        return _COPIES * raw + len(records) * (_OBJECTS + _FLOAT * self.floats)
