"""Bytes become JSON, strictly; of a name that stands twice in an object the last one counts."""

import json
from typing import Any, NoReturn

import orjson

from connector.errors import DeadLetterError

# Confluent's wire format: a zero byte, the schema's number in four bytes, the payload.
_MAGIC = b"\0"


def parse(data: bytes, what: str) -> Any:
    """Return the JSON value in `data`.

    Args:
        data: UTF-8 bytes.
        what: `key` or `value`, for the reason.

    Raises:
        DeadLetterError: InvalidUtf8, LoneSurrogate or InvalidJson (also for NaN and Infinity),
            with the place in the text.
    """
    if data[:1] == _MAGIC:
        raise DeadLetterError(
            "InvalidJson",
            f"{what} is not JSON: it begins with a zero byte, as messages do that are framed for a "
            "schema registry; let the producer write plain JSON, or add a decoder "
            "(docs/decoders.md)",
        )
    text(data, what)
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise _explain(data, what, error) from None


def text(data: bytes, what: str) -> str:
    """Return `data` as text.

    Raises:
        DeadLetterError: InvalidUtf8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise DeadLetterError(
            "InvalidUtf8", f"{what} is not UTF-8: {error.reason} at byte {error.start}"
        ) from None


def _explain(data: bytes, what: str, error: orjson.JSONDecodeError) -> DeadLetterError:
    if "surrogate" in error.msg:
        return DeadLetterError(
            "LoneSurrogate",
            f"{what} escapes half a surrogate pair, which no text can hold: {error}",
        )
    try:
        json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as reason:
        return DeadLetterError("InvalidJson", f"{what} is not JSON: {reason}")
    return DeadLetterError("InvalidJson", f"{what} is not JSON: {error}")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
