"""Values that Kafka Connect writes in a type of its schema, read as plain JSON.

https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-data-types
"""

import base64
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from connector.errors import DeadLetterError

Json = Mapping[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Databases keep fewer digits (Oracle 38, MySQL 65); more would only cost time to write out.
_DECIMAL_BYTES = 200
_SCALES = range(-500, 501)


def plain(schema: Any, row: Json) -> Json:
    """Return a row with its logical types read, as far as the schema tells them.

    Args:
        schema: of the row, with `fields`; anything else leaves the row as it is.
        row: values by column.

    Raises:
        DeadLetterError: BadEnvelope, for a value that is not what its schema says.
    """
    types = {each["field"]: each for each in fields_of(schema) if _known(each)}
    return {name: _read(name, value, types.get(name)) for name, value in row.items()}


def fields_of(schema: Any) -> Iterator[Json]:
    """Yield the fields of a schema that have a name; nothing of what is no schema."""
    fields = schema.get("fields") if isinstance(schema, dict) else None
    for each in fields if isinstance(fields, list) else ():
        if isinstance(each, dict) and isinstance(each.get("field"), str):
            yield each


def _known(schema: Json) -> bool:
    name = schema.get("name")
    return isinstance(name, str) and name in _TYPES


def _read(name: str, value: Any, schema: Json | None) -> Any:
    if schema is None or value is None:
        return value
    try:
        return _TYPES[schema["name"]](value, schema)
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise DeadLetterError(
            "BadEnvelope", f"column {name!r} is no {schema['name']}: {str(error)[:200]}"
        ) from None


def _decimal(value: Any, schema: Json) -> str:
    return _unscaled(value, int(schema["parameters"]["scale"]))


def _variable_decimal(value: Any, _schema: Json) -> str:
    return _unscaled(value["value"], int(value["scale"]))


def _unscaled(value: Any, scale: int) -> str:
    """Return a two's complement integer, most significant byte first, with its decimal point."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if scale not in _SCALES:
        raise ValueError(f"a scale of {scale}")
    data = base64.b64decode(value, validate=True)
    if len(data) > _DECIMAL_BYTES:
        raise ValueError(f"a number of {len(data):,} bytes")
    number = Decimal(int.from_bytes(data, "big", signed=True)).as_tuple()
    # By its digits: arithmetic would round to 28 of them.
    return f"{Decimal((number.sign, number.digits, -scale)):f}"


def _date(value: Any, _schema: Json) -> str:
    return (_EPOCH + timedelta(days=_count(value))).date().isoformat()


def _time(per_second: int) -> Callable[[Any, Json], str]:
    """Return the reader of a moment that is counted since the epoch."""

    def read(value: Any, _schema: Json) -> str:
        microseconds = _count(value) * 1_000_000 // per_second
        return (_EPOCH + timedelta(microseconds=microseconds)).isoformat()

    return read


def _count(value: Any) -> int:
    """Return a whole number: a text, multiplied, would fill the memory."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"a {type(value).__name__}, expected a whole number")
    return value


def _json(value: Any, _schema: Json) -> Any:
    return orjson.loads(value)


_TYPES: dict[Any, Callable[[Any, Json], Any]] = {
    "org.apache.kafka.connect.data.Decimal": _decimal,
    "io.debezium.data.VariableScaleDecimal": _variable_decimal,
    "org.apache.kafka.connect.data.Date": _date,
    "io.debezium.time.Date": _date,
    "org.apache.kafka.connect.data.Timestamp": _time(1_000),
    "io.debezium.time.Timestamp": _time(1_000),
    "io.debezium.time.MicroTimestamp": _time(1_000_000),
    "io.debezium.time.NanoTimestamp": _time(1_000_000_000),
    "io.debezium.data.Json": _json,
}
