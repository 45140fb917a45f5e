"""A dead letter: one record, and why it can never be written."""

from dataclasses import dataclass

from ingest.change import Record

SUFFIX = ".deadletters"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record, and why it can never be written."""

    record: Record
    error_class: str
    reason: str
