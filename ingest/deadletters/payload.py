"""What a letter keeps of its record's value: nothing, or a capped and redacted copy."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from connector.settings import DeadLetterSettings
from ingest.change import Record
from ingest.deadletters.letter import Letter, packed, unpacked

REDACTED = "[redacted]"
# A reason that quotes a shorter value says no more than that there is one.
_SHORTEST_QUOTE = 3


@dataclass(frozen=True)
class Keeping:
    """How payloads are kept.

    Attributes:
        limit: bytes of a value that are kept; 0 keeps none.
        secret: names of fields, at any depth, and of headers whose values are not kept.
    """

    limit: int
    secret: frozenset[str]

    @classmethod
    def of(cls, settings: DeadLetterSettings) -> "Keeping":
        """Take both from the settings."""
        return cls(settings.payload_bytes, frozenset(settings.redact))

    def payload(self, record: Record) -> dict[str, Any] | None:
        """Return what is kept of a record; None where nothing is.

        Its `state` is `whole` (the record can be made from it again), `cut`, `redacted`, or
        `withheld`: a value that cannot be parsed cannot be redacted.
        """
        # A record that says nothing is one that nobody has read.
        if not self.limit or (record.key is None and record.value is None):
            return None
        value, state = self._redacted(record.value)
        headers = [self._header(name, data) for name, data in record.headers]
        if state == "whole" and any(hidden for _, hidden in headers):
            state = "redacted"
        if value is not None and len(value) > self.limit:
            value, state = value[: self.limit], "cut"
        kept = [pair for pair, _ in headers]
        return {"state": state, **packed("value", value), "headers": kept}

    def reason(self, reason: str, record: Record) -> str:
        """Return a reason without what it quotes of the secret fields."""
        if self.secret and record.value:
            for quoted in sorted(self._secrets(_parsed(record.value)), key=len, reverse=True):
                reason = reason.replace(quoted, REDACTED)
        return reason

    def shown(self, value: bytes) -> bytes:
        """Return a value as people may see it, redacted and not cut."""
        shown, _ = self._redacted(value)
        return shown if shown is not None else b"[withheld]"

    def _redacted(self, value: bytes | None) -> tuple[bytes | None, str]:
        if not self.secret or value is None:
            return value, "whole"
        parsed = _parsed(value)
        if parsed is None:
            return None, "withheld"
        if not self._hide(parsed):
            return value, "whole"
        try:
            return orjson.dumps(parsed), "redacted"
        except orjson.JSONEncodeError:  # deeper than is written; deeper is read
            return None, "withheld"

    def _hide(self, value: Any) -> bool:
        """Replace what is secret in a parsed value; return whether there was anything."""
        found = False
        for inner, _ in self._inside(value):
            for name in inner.keys() & self.secret if isinstance(inner, dict) else ():
                inner[name], found = REDACTED, True
        return found

    def _secrets(self, value: Any) -> Iterator[str]:
        """Yield the secret values that are long enough to be known again."""
        for inner, secret in self._inside(value):
            if secret and not isinstance(inner, dict | list) and len(str(inner)) >= _SHORTEST_QUOTE:
                yield str(inner)

    def _inside(self, value: Any) -> Iterator[tuple[Any, bool]]:
        """Yield a value and all inside it, and whether it is secret; nesting may be deep."""
        left = [(value, False)]
        while left:
            inner, secret = left.pop()
            yield inner, secret
            if isinstance(inner, dict):
                left += [(each, secret or name in self.secret) for name, each in inner.items()]
            elif isinstance(inner, list):
                left += [(each, secret) for each in inner]

    def _header(self, name: str, data: bytes | None) -> tuple[list[str], bool]:
        hidden = name in self.secret
        kept = REDACTED.encode() if hidden else data or b""
        return [name, base64.b64encode(kept).decode()], hidden


def restored(letter: Letter) -> Record | None:
    """Return the record that a letter keeps whole; None where it does not."""
    payload: Mapping[str, Any] = letter.payload or {}
    if payload.get("state") != "whole":
        return None
    headers = tuple((name, base64.b64decode(data)) for name, data in payload["headers"])
    value = unpacked("value", payload)
    return Record(letter.position, letter.key, value, letter.timestamp, headers)


def _parsed(value: bytes) -> Any:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
