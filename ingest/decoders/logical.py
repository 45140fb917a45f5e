"""Values that Kafka Connect writes in a type of its schema, read as plain JSON.

https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-data-types
"""

import base64
import json
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from connector.errors import DeadLetterError

Json = Mapping[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def plain(schema: Any, row: Json) -> Json:
    """Return a row with its logical types read, as far as the schema tells them.

    Args:
        schema: of the row, with `fields`; anything else leaves the row as it is.
        row: values by column.

    Raises:
        DeadLetterError: BadEnvelope, for a value that is not what its schema says.
    """
    fields = schema.get("fields") if isinstance(schema, dict) else None
    types = {each.get("field"): each for each in fields or [] if each.get("name") in _TYPES}
    return {name: _read(name, value, types.get(name)) for name, value in row.items()}


def _read(name: str, value: Any, schema: Json | None) -> Any:
    if schema is None or value is None:
        return value
    try:
        return _TYPES[schema["name"]](value, schema)
    except (TypeError, ValueError, KeyError, OverflowError, BadBase64, InvalidOperation) as error:
        raise DeadLetterError(
            "BadEnvelope", f"column {name!r} is no {schema['name']}: {error}"
        ) from None


def _decimal(value: Any, schema: Json) -> str:
    return _unscaled(value, int(schema["parameters"]["scale"]))


def _variable_decimal(value: Any, _schema: Json) -> str:
    return _unscaled(value["value"], int(value["scale"]))


def _unscaled(value: Any, scale: int) -> str:
    """Return a two's complement integer, most significant byte first, with its decimal point."""
    if isinstance(value, int | float):
        return str(value)
    number = int.from_bytes(base64.b64decode(value, validate=True), "big", signed=True)
    return f"{Decimal(number).scaleb(-scale):f}"


def _date(value: Any, _schema: Json) -> str:
    return (_EPOCH + timedelta(days=value)).date().isoformat()


def _time(per_second: int) -> Callable[[Any, Json], str]:
    """Return the reader of a moment that is counted since the epoch."""

    def read(value: Any, _schema: Json) -> str:
        microseconds = value * 1_000_000 // per_second
        return (_EPOCH + timedelta(microseconds=microseconds)).isoformat()

    return read


def _json(value: Any, _schema: Json) -> Any:
    return json.loads(value)


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
