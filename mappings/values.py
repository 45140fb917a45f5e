"""A JSON value becomes a stored one, or the reason why it cannot."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from connector.errors import DeadLetterError
from mappings.tables import Type

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_LONG = 2**63
_SHOWN = 60
# A scaled number keeps this many decimals: 4995 cents are 49.95, not 49.950000000000003.
_DECIMALS = 6
_JSON_NAMES = {
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


def convert(kind: Type, value: Any, path: str, scale: float = 1.0) -> Any:
    """Convert one scalar to a field's type.

    Args:
        kind: the field's type.
        value: a JSON scalar, not null.
        path: where the record keeps it, for the reason.
        scale: factor of a double.

    Returns:
        str, float, int or bool; dates are ISO 8601 in UTC with milliseconds.

    Raises:
        DeadLetterError: WrongType, NotFinite, OutOfRange or LoneSurrogate.
    """
    if kind == "double":
        return _double(value, path, scale)
    return _CONVERT[kind](value, path)


def text(value: Any, path: str) -> str:
    """Return a string that UTF-8 can hold."""
    if not isinstance(value, str):
        raise wrong_type(path, value, "text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise DeadLetterError(
                "LoneSurrogate",
                f"field {path[:200]!a}: half a surrogate pair at character {error.start}, "
                "which no text can hold",
            ) from None
    return value


def label(value: Any, path: str) -> str:
    """Return any scalar as the text people would write: numbers without a needless `.0`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _digits(value, path)
    if isinstance(value, float):
        number = _finite(value, path)
        return str(int(number)) if number.is_integer() and abs(number) < _LONG else str(number)
    if isinstance(value, str):
        return " ".join(text(value, path).split())
    raise wrong_type(path, value, "text, a number, true, false or a list of these")


def wrong_type(path: str, value: Any, expected: str) -> DeadLetterError:
    """Return the error that says what stands at `path` and what was expected."""
    found = _JSON_NAMES.get(type(value), type(value).__name__)
    shown = "" if isinstance(value, list | dict | None) else f" {_short(value)}"
    return DeadLetterError(
        "WrongType", f"field {path!a}: found {found}{shown}, expected {expected}"
    )


def is_number(written: str) -> bool:
    """Return whether a text is a plain number, such as `12.50`."""
    return _NUMBER.fullmatch(written.strip()) is not None


def _keyword(value: Any, path: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return _digits(value, path)
    return text(value, path)


def _digits(value: int, path: str) -> str:
    if not -_LONG <= value < 2 * _LONG:
        raise DeadLetterError(
            "OutOfRange", f"field {path!a}: an integer does not fit into 64 bits; send it as text"
        )
    return str(value)


def _double(value: Any, path: str, scale: float) -> float:
    expected = "a number"
    if isinstance(value, str):
        if not is_number(value):
            raise wrong_type(path, value, expected)
        value = value.strip()
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong_type(path, value, expected)
    number = _finite(value, path)
    return number if scale == 1 else round(_finite(number * scale, path), _DECIMALS)


def _finite(value: float | str, path: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise DeadLetterError(
            "NotFinite", f"field {path!a}: {_short(value)} is not a finite 64-bit number"
        )
    return number


def _long(value: Any, path: str) -> int:
    number = value
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        number = int(value)
    if isinstance(value, float) and _finite(value, path).is_integer():
        number = int(value)
    if isinstance(number, bool) or not isinstance(number, int):
        raise wrong_type(path, value, "an integer")
    if not -_LONG <= number < _LONG:
        raise DeadLetterError(
            "OutOfRange", f"field {path!a}: {_short(value)} does not fit into 64 bits"
        )
    return number


def _boolean(value: Any, path: str) -> bool:
    """MySQL has no booleans: Debezium sends its 0 and 1."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise wrong_type(path, value, "true or false")


def _date(value: Any, path: str) -> str:
    expected = "an ISO 8601 time or milliseconds since 1970"
    try:
        if isinstance(value, str):
            when = datetime.fromisoformat(value.strip())
            when = when if when.tzinfo else when.replace(tzinfo=UTC)
        elif isinstance(value, int) and not isinstance(value, bool):
            when = datetime.fromtimestamp(value / 1000, UTC)
        else:
            raise wrong_type(path, value, expected)
        return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        raise wrong_type(path, value, expected) from None


def _short(value: object) -> str:
    try:
        shown = ascii(value)
    except ValueError:  # an integer of more digits than Python will print
        return "a huge integer"
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"


_CONVERT: dict[Type, Callable[[Any, str], Any]] = {
    "text": text,
    "keyword": _keyword,
    "long": _long,
    "boolean": _boolean,
    "date": _date,
}
