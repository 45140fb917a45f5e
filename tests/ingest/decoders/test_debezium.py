import base64
import json
from typing import Any

import pytest

from connector.errors import DeadLetterError
from ingest.decoders.debezium import open_event
from ingest.decoders.row import Row

DECIMAL = "org.apache.kafka.connect.data.Decimal"
SCHEMA = {
    "type": "struct",
    "fields": [
        {
            "field": side,
            "type": "struct",
            "fields": [
                {"field": "id", "type": "int64"},
                {"field": "price", "type": "bytes", "name": DECIMAL, "parameters": {"scale": "2"}},
                {
                    "field": "weight",
                    "type": "struct",
                    "name": "io.debezium.data.VariableScaleDecimal",
                },
                {"field": "since", "type": "int32", "name": "io.debezium.time.Date"},
                {"field": "seen", "type": "int64", "name": "io.debezium.time.Timestamp"},
                {"field": "touched", "type": "int64", "name": "io.debezium.time.MicroTimestamp"},
                {"field": "tags", "type": "string", "name": "io.debezium.data.Json"},
            ],
        }
        for side in ("before", "after")
    ],
}


def event(op: str | None, schema: Any = None, **parts: Any) -> bytes:
    payload = {"op": op, "source": {"lsn": 5}, "before": None, "after": None, **parts}
    return json.dumps({"schema": schema, "payload": payload} if schema else payload).encode()


def number(value: int) -> str:
    size = value.bit_length() // 8 + 1
    return base64.b64encode(value.to_bytes(size, "big", signed=True)).decode()


@pytest.mark.parametrize("op", ["c", "u", "r"])
def test_creates_updates_and_snapshot_reads_are_upserts(op: str) -> None:
    """The row as it is now; where the version stands comes along."""
    row = open_event(event(op, after={"id": 1}))
    assert row is not None
    assert (row.fields, row.envelope["source"]) == ({"id": 1}, {"lsn": 5})


def test_a_delete_knows_what_the_row_was() -> None:
    """At least its key."""
    row = open_event(event("d", before={"id": 1, "title": "Lamp"}))
    assert row is not None
    assert (row.fields, row.before) == (None, {"id": 1, "title": "Lamp"})


@pytest.mark.parametrize(
    "value", [event("m"), b'{"ts_ms": 5}', b'{"status": "BEGIN", "id": "571"}']
)
def test_heartbeats_and_messages_ask_for_nothing(value: bytes) -> None:
    """They are no rows."""
    assert open_event(value) is None


@pytest.mark.parametrize(
    ("value", "error_class"),
    [
        (event("t"), "TruncatedTable"),
        (event("x"), "BadEnvelope"),
        (event(None), "BadEnvelope"),
        (event("u"), "BadEnvelope"),
        (b"[]", "NotAnObject"),
        (b"{", "InvalidJson"),
        (b'{"schema": {}, "payload": 1}', "BadEnvelope"),
    ],
)
def test_what_is_no_row_change_is_named(value: bytes, error_class: str) -> None:
    """Each fault has a class of its own."""
    with pytest.raises(DeadLetterError) as caught:
        open_event(value)
    assert caught.value.error_class == error_class


def test_logical_types_are_read_where_the_schema_came_along() -> None:
    """Decimals, dates, times and JSON as plain values; what the schema leaves plain stays."""
    after = {
        "id": 1,
        "price": number(-1999),
        "weight": {"scale": 3, "value": number(1500)},
        "since": 20_000,
        "seen": 1_790_000_000_123,
        "touched": 1_790_000_000_123_456,
        "tags": '["a", "b"]',
        "later": "a column that the schema does not know",
    }
    row = open_event(event("u", SCHEMA, after=after))
    assert row == Row(
        {
            "id": 1,
            "price": "-19.99",
            "weight": "1.500",
            "since": "2024-10-04",
            "seen": "2026-09-21T14:13:20.123000+00:00",
            "touched": "2026-09-21T14:13:20.123456+00:00",
            "tags": ["a", "b"],
            "later": "a column that the schema does not know",
        },
        envelope={"op": "u", "source": {"lsn": 5}, "before": None, "after": after},
    )


def test_nulls_need_no_type() -> None:
    """A column without a value has none, whatever its type."""
    row = open_event(event("u", SCHEMA, after={"id": 1, "price": None}))
    assert row is not None
    assert row.fields == {"id": 1, "price": None}


def test_a_decimal_has_all_its_digits() -> None:
    """Also more than a calculation would keep: ids of 38 digits are numbers to a database."""
    price = number(12345678901234567890123456789012345678)
    row = open_event(event("u", SCHEMA, after={"id": 1, "price": price}))
    assert row is not None
    assert row.fields is not None
    assert row.fields["price"] == "123456789012345678901234567890123456.78"


@pytest.mark.parametrize("price", ["no base64!", [], {"scale": 1}, True, number(2**9999)])
def test_a_value_that_is_not_of_its_type_is_a_bad_envelope(price: Any) -> None:
    """The reason names column and type."""
    with pytest.raises(DeadLetterError, match=f"column 'price' is no {DECIMAL}"):
        open_event(event("u", SCHEMA, after={"id": 1, "price": price}))


@pytest.mark.parametrize("seen", ["2026-01-31", 1.5, True, 2**70])
def test_a_time_that_is_no_whole_number_is_a_bad_envelope(seen: Any) -> None:
    """Times a million, a text of a megabyte would not fit into the memory."""
    with pytest.raises(DeadLetterError, match=r"column 'seen' is no io\.debezium\.time\.Timestamp"):
        open_event(event("u", SCHEMA, after={"id": 1, "seen": seen}))


@pytest.mark.parametrize("tags", ["[" * 5000, "[NaN]", '"\\ud800"', 5])
def test_json_in_a_column_is_read_as_strictly_as_the_value(tags: Any) -> None:
    """Too deep, not a number, half a pair: nothing of that could be stored."""
    with pytest.raises(DeadLetterError, match=r"column 'tags' is no io\.debezium\.data\.Json"):
        open_event(event("u", SCHEMA, after={"id": 1, "tags": tags}))


PLACEHOLDER = "__debezium_unavailable_value"


@pytest.mark.parametrize(
    "placeholder",
    [
        [PLACEHOLDER],
        base64.b64encode(PLACEHOLDER.encode()).decode(),
        list(PLACEHOLDER.encode()),
        {PLACEHOLDER: PLACEHOLDER},
    ],
)
def test_a_placeholder_is_known_whatever_its_column_s_type(placeholder: Any) -> None:
    """Arrays, bytes and maps have placeholders of their own."""
    after = {"id": 1, "body": placeholder}
    row = open_event(event("u", after=after, before={"id": 1, "body": "Brass"}))
    assert row is not None
    assert row.fields == {"id": 1, "body": "Brass"}
    with pytest.raises(DeadLetterError, match="REPLICA IDENTITY FULL"):
        open_event(event("u", after=after))


def test_a_value_taken_from_before_is_read_by_its_type() -> None:
    """JSON documents are what a database leaves out most."""
    before = {"id": 1, "tags": '["a"]'}
    row = open_event(event("u", SCHEMA, after={"id": 1, "tags": PLACEHOLDER}, before=before))
    assert row is not None
    assert row.fields == {"id": 1, "tags": ["a"]}


def test_a_value_that_the_database_did_not_log_is_taken_from_before() -> None:
    """With a whole `before` nothing is missing; without it the record waits among the letters."""
    after = {"id": 1, "body": "__debezium_unavailable_value"}
    row = open_event(event("u", after=after, before={"id": 1, "body": "Brass"}))
    assert row is not None
    assert row.fields == {"id": 1, "body": "Brass"}
    for before in (None, {"id": 1}, after):
        with pytest.raises(DeadLetterError, match="REPLICA IDENTITY FULL") as caught:
            open_event(event("u", after=after, before=before))
        assert caught.value.error_class == "UnavailableValue"
