from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import DeadLetterError
from ingest.change import Position, Record
from ingest.decoders.row import Row
from ingest.version import MAX_VERSION, number, version_of


def record(offset: int = 7, timestamp: int = 1_790_000_000_123, **headers: bytes) -> Record:
    return Record(Position("t", 0, offset), b"1", b"{}", timestamp, tuple(headers.items()))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5),
        (5.0, 5),
        ("5", 5),
        ("0" * 30 + "5", 5),
        ("000", 0),
        (MAX_VERSION, MAX_VERSION),
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("1970-01-01T01:00:00.000001+01:00", 1),
        ("1970-01-02", 86_400_000_000),
        ("1970-01-01 00:00:01", 1_000_000),
    ],
)
def test_numbers_and_times_are_versions(value: object, expected: int) -> None:
    """A number stands for itself, a time for its microseconds in UTC."""
    assert number(value, "v") == expected


@pytest.mark.parametrize(
    "value", [None, True, -1, MAX_VERSION + 1, 1.5, "soon", "", [], "9" * 30, "1969-01-01"]
)
def test_what_cannot_order_updates_is_a_dead_letter(value: object) -> None:
    """No version is guessed."""
    with pytest.raises(DeadLetterError) as caught:
        number(value, "v")
    assert caught.value.error_class == "BadVersion"


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)), st.integers(1, 10**9))  # noqa: DTZ001
def test_later_times_are_larger(time: datetime, later: int) -> None:
    """Order in time is order in versions."""
    first = number(time.replace(tzinfo=UTC).isoformat(), "v")
    assert first < number(_after(time, later).isoformat(), "v")


def _after(time: datetime, microseconds: int) -> datetime:
    from datetime import timedelta

    return time.replace(tzinfo=UTC) + timedelta(microseconds=microseconds)


def test_records_of_one_millisecond_keep_their_order() -> None:
    """Under @timestamp two updates in the same millisecond differ by their offsets."""
    row = Row({})
    first, second = (version_of("@timestamp", record(offset), row) for offset in (7, 8))
    later = version_of("@timestamp", record(0, 1_790_000_000_124), row)
    assert first is not None
    assert second is not None
    assert later is not None
    assert first < second < later


def test_offset_and_header() -> None:
    """The offset is the version itself; of a repeated header the last one counts."""
    assert version_of("@offset", record(42), Row({})) == 42
    headers = (("lsn", b"3"), ("lsn", b"4"))
    held = Record(Position("t", 0, 0), b"1", b"{}", 0, headers)
    assert version_of("@header:lsn", held, Row({})) == 4
    with pytest.raises(DeadLetterError, match="header 'other'"):
        version_of("@header:other", held, Row({}))


def test_a_missing_timestamp_is_no_version() -> None:
    """A record of a client that set no time cannot be ordered by time."""
    with pytest.raises(DeadLetterError, match="timestamp is -1"):
        version_of("@timestamp", record(0, -1), Row({}))


def test_a_debezium_source_field_is_found_in_the_envelope() -> None:
    """`source.lsn` orders deletes, too; a field of the row does not."""
    envelope = {"source": {"lsn": 12}, "op": "d"}
    deleted = Row(None, {"updated_at": 5}, envelope)
    assert version_of("source.lsn", record(), deleted) == 12
    assert version_of("updated_at", record(), deleted) is None
