"""Debezium's change events, with or without the schema beside the payload.

https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-events
"""

import base64
from collections.abc import Mapping
from typing import Any

from connector.errors import DeadLetterError
from ingest.decoders.logical import fields_of, plain
from ingest.decoders.row import Format, Json, Row, an_object, kind, unwrap
from ingest.parse import parse

_UPSERTS = ("c", "u", "r")
# Logical decoding messages are the application's own, not rows.
_MESSAGE = "m"
_TRUNCATE = "t"
# What stands for a large value that did not change and that the database therefore did not log:
# as text, bytes, an array of texts or of numbers, a map, each by its column's type.
_PLACEHOLDER = "__debezium_unavailable_value"
_UNAVAILABLE = (
    _PLACEHOLDER,
    base64.b64encode(_PLACEHOLDER.encode()).decode(),
    [_PLACEHOLDER],
    list(_PLACEHOLDER.encode()),
    {_PLACEHOLDER: _PLACEHOLDER},
)


def open_event(value: bytes) -> Row | None:
    """Read a change event: create, update and snapshot read are upserts, `d` is a delete.

    Where the schema came along, its logical types (decimals, dates, times, JSON) are read.

    Returns:
        None for heartbeats, borders of transactions and logical decoding messages.

    Raises:
        DeadLetterError: as `ingest.parse.parse`; NotAnObject; BadEnvelope when it is no row change;
            TruncatedTable; UnavailableValue when a column did not come along.
    """
    whole = an_object(parse(value, "value"), "value")
    event = unwrap(whole)
    operation = event.get("op")
    if operation == _MESSAGE or event.keys() == {"ts_ms"} or _borders(event):
        return None
    rows = _schemas(whole)
    if operation in _UPSERTS:
        after = _complete(_row(event, "after"), event.get("before"))
        return Row(plain(rows.get("after"), after), envelope=event)
    if operation == "d":
        before = event.get("before")
        known = plain(rows.get("before"), before) if isinstance(before, dict) else {}
        return Row(None, known, event)
    raise _no_change(operation)


DEBEZIUM = Format(open_event, echoes=True)


def _borders(event: Json) -> bool:
    """Return whether it says where a transaction begins or ends."""
    return event.get("status") in ("BEGIN", "END") and "op" not in event and "id" in event


def _schemas(whole: Json) -> dict[str, Any]:
    """Return the schemas of `before` and `after`, where they came along."""
    schema = whole.get("schema") if whole.keys() == {"schema", "payload"} else None
    return {each["field"]: each for each in fields_of(schema)}


def _complete(after: Json, before: Any) -> Json:
    """Put what the row was before in the place of values that did not come along."""
    missing = [name for name, value in after.items() if value in _UNAVAILABLE]
    known = before if isinstance(before, Mapping) else {}
    for name in missing:
        if known.get(name, _PLACEHOLDER) in _UNAVAILABLE:
            raise DeadLetterError(
                "UnavailableValue",
                f"the value of {name!r} did not change, and the database did not log it; give the "
                "table REPLICA IDENTITY FULL, so that events are whole",
            )
    return {**after, **{name: known[name] for name in missing}}


def _row(event: Json, name: str) -> dict[str, Any]:
    row = event.get(name)
    if not isinstance(row, dict):
        raise DeadLetterError(
            "BadEnvelope", f"{name} is {kind(row)} although op is {event['op']!r}"
        )
    return row


def _no_change(operation: Any) -> DeadLetterError:
    if operation == _TRUNCATE:
        return DeadLetterError(
            "TruncatedTable",
            "the source truncated its table, which names no product; delete the products by "
            "their ids, or build a new index",
        )
    return DeadLetterError(
        "BadEnvelope",
        f"op is {operation!r}, expected 'c', 'u', 'r' or 'd'; "
        'for plain JSON set source.format = "json"',
    )
