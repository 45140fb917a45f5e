"""Which product a record's key names: text as it stands, or JSON as Kafka Connect writes it."""

import re
from typing import Any

from connector.errors import DeadLetterError
from ingest.decoders.row import kind
from ingest.parse import parse, text

_JSON = ('"', "{")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# White space, as `str.isspace` has it, and the byte order mark.
_AROUND = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)


def bare(identity: str) -> str:
    """Return an id without white space and byte order marks around it.

    They come from padded columns and from files, in some of a product's records and not in others:
    a delete must not go to another product than its updates.
    """
    return identity.strip(_AROUND)


def named_by(key: bytes, field: str) -> tuple[Any, str]:
    """Return the id in a key, and what it was found as, for a reason.

    Args:
        key: text, a JSON text in quotes, or a JSON object; the last two maybe below `payload`.
        field: the id's name in an object.

    Raises:
        DeadLetterError: InvalidUtf8, or InvalidJson for what begins like an object and is none;
            BadEnvelope when a payload is neither an object nor an id; BadId when it is no text.
    """
    plain = text(key, "key")
    stripped = bare(plain)
    begins = stripped[:1]
    if "\0" in plain or (begins not in _JSON and _CONTROL.search(plain)):
        # Taken as it stands, the delete of a product would go to another one, and say nothing.
        raise DeadLetterError(
            "BadId",
            "key holds control characters, as keys do that are framed for a schema registry, binary "
            "numbers, or written by Avro or Protobuf; let the producer write keys as text or as JSON",
        )
    if begins == '"':
        return _unquoted(stripped), "key"
    if begins != "{":
        return stripped, "key"
    value = parse(stripped.encode(), "key")
    if value.keys() == {"schema", "payload"}:
        value = value["payload"]
        if isinstance(value, str | int):
            return value, "the key's payload"
        if not isinstance(value, dict):
            raise DeadLetterError("BadEnvelope", f"the key's payload is {kind(value)}")
    return value.get(field), f"the key's {field!r}"


def _unquoted(plain: str) -> str:
    """Return a JSON text; one that only begins with a quote stands for itself."""
    try:
        return str(parse(plain.encode(), "key"))
    except DeadLetterError:
        return plain
