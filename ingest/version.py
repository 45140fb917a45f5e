"""What orders two changes of one product: the source's own version, as one integer."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connector.errors import DeadLetterError
from ingest.change import Record
from ingest.decoders.row import Row

MAX_VERSION = 2**63 - 1

# A Kafka time is milliseconds; two records of one product within one of them are told apart by
# the last 20 bits of their offsets. 43 bits of milliseconds last until the year 2248.
TIE_BITS = 20

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ENVELOPE = ("source.", "ts_ms", "ts_us", "ts_ns")
_HEADER = "@header:"
OFFSET = "@offset"


def version_of(rule: str, record: Record, row: Row) -> int | None:
    """Return the version that `source.version` asks for.

    Args:
        rule: a field of the record (a Debezium `source.…` or `ts_…` names the envelope's),
            `@timestamp`, `@header:NAME` or `@offset`.
        record: the Kafka record.
        row: its opened body; `fields` is None for a delete.

    Returns:
        0 ≤ version < 2**63, larger is newer; None where a delete cannot carry the field.

    Raises:
        DeadLetterError: BadVersion.
    """
    if rule == OFFSET:
        return record.position.offset
    if rule == "@timestamp":
        return _of_time(record)
    if rule.startswith(_HEADER):
        return _of_header(rule.removeprefix(_HEADER), record)
    if row.envelope and rule.startswith(_ENVELOPE):
        return number(_lookup(row.envelope, rule), rule)
    # The last known row of a delete carries the version of its last update, not the delete's.
    return None if row.fields is None else number(_lookup(row.fields, rule), rule)


def borrowed(record: Record) -> int:
    """Return the record's time in microseconds, for a delete without a version of its own."""
    return _milliseconds(record) * 1000


def number(value: Any, what: str) -> int:
    """Return an integer version; ISO 8601 times become microseconds since the epoch (UTC).

    Raises:
        DeadLetterError: BadVersion, naming what was found.
    """
    if isinstance(value, str):
        value = _parsed(value, what)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_VERSION:
        raise DeadLetterError(
            "BadVersion",
            f"{what} is {value!r}, expected a whole number from 0 to 2**63 - 1 or an ISO 8601 time",
        )
    return value


def _parsed(text: str, what: str) -> int:
    if text.isascii() and text.isdigit():
        # 20 digits are too many, and as many as have to be looked at.
        return int(text.lstrip("0")[:20] or "0")
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise DeadLetterError(
            "BadVersion", f"{what} is {text[:40]!r}, neither a number nor an ISO 8601 time"
        ) from None
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def _of_time(record: Record) -> int:
    return _milliseconds(record) << TIE_BITS | record.position.offset % (1 << TIE_BITS)


def _milliseconds(record: Record) -> int:
    if not 0 <= record.timestamp < 1 << (63 - TIE_BITS):
        raise DeadLetterError("BadVersion", f"the record's timestamp is {record.timestamp}")
    return record.timestamp


def _of_header(name: str, record: Record) -> int:
    for key, value in reversed(record.headers):
        if key == name:
            return number((value or b"").decode("utf-8", "replace"), f"header {name!r}")
    raise DeadLetterError("BadVersion", f"header {name!r}, named by source.version, is missing")


def _lookup(row: Mapping[str, Any], path: str) -> Any:
    if path in row:
        return row[path]
    value: Any = row
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
