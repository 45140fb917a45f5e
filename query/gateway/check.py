"""What a request that reads has in its body: JSON of one search or of several, unpacked."""

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from query.gateway.refuse import Refused, malformed
from query.gateway.route import Call

Json = dict[str, Any]

_LINES = ("_msearch", "_msearch/template")
_ASKING = ("GET", "POST")
_JSON = ("application/json", "application/x-ndjson")
_CONTROL = re.compile(rb"[^\t\x20-\x7e\x80-\xff]")
# The cluster takes 16 KiB, less what is added on the way.
_HEADER_BYTES = 15_000
# Forms other than JSON that the cluster takes.
OTHER_FORMS = ("yaml", "cbor", "smile")
_GZIP = zlib.MAX_WBITS | 16
# Bits of a header of zlib (RFC 1950: deflate, a window of 32 KiB), which is a multiple of 31.
_ZLIB, _ZLIB_CHECK = 0x7800, 31
_IN_ADDRESS = ("from", "size", "q", "suggest_text")


@dataclass(frozen=True)
class Body:
    """What a request that reads has in its body and its address.

    Attributes:
        texts: JSON, not compressed; one, or the lines of several searches.
        objects: that they hold; any other JSON asks nothing, and the cluster says so.
        address: what it says of a search: page, and words.
    """

    texts: list[bytes]
    objects: list[Json]
    address: Json


def read(call: Call, headers: Mapping[str, str], raw: bytes, most: int) -> Body:
    """Return the JSON of a request that reads, searches in its address included.

    Args:
        call: the request.
        headers: its own.
        raw: its body as it came.
        most: bytes that it may have, unpacked.

    Raises:
        Refused: 406, 413 or 400: it is in another form, too large, or no JSON.
    """
    require_json(call, headers.get("content-type", ""))
    texts = _texts(call, plain(raw, headers.get("content-encoding", "").lower(), most))
    given = call.parameters
    address = {name: given[name] for name in _IN_ADDRESS if name in given}
    objects = [found for text in texts if isinstance(found := _parsed(text), dict)]
    if len(objects) < len(texts) and call.path.endswith(_LINES):
        raise malformed("a line is not a JSON object")
    return Body(texts, objects, address)


def require_headers(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Refuse headers after which the cluster reads nothing more from their connection.

    It answers 400 and leaves the connection open: the next client's request on it would hang.

    Raises:
        Refused: 400 or 431.
    """
    size = 0
    for name, value in headers:
        size += len(name) + len(value)
        if _CONTROL.search(value):
            raise malformed("a header has a control character")
        if not value.isascii():
            _require_utf8(value)
    if size > _HEADER_BYTES:
        reason = f"the headers have more than {_HEADER_BYTES:,} bytes"
        raise Refused(431, "too_large_exception", reason)


def _require_utf8(value: bytes) -> None:
    try:
        value.decode()
    except UnicodeDecodeError:
        raise malformed("a header is not UTF-8") from None


def is_search(call: Call, headers: Mapping[str, str], raw: bytes, body: Body) -> bool:
    """Return whether the cluster takes a request to a search's address for a search.

    It refuses verbs that ask nothing, bodies that do not say that they are JSON, or are no object,
    and those in which a field stands twice.

    Args:
        call: the request.
        headers: its own.
        raw: its body as it came.
        body: that `read` has found in it.
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if call.method not in _ASKING or (raw and kind not in _JSON):
        return False
    return len(body.objects) == len(body.texts) and all(map(_has_one_of_each, body.texts))


def _has_one_of_each(text: bytes) -> bool:
    """Return whether no field of a JSON stands twice."""
    try:
        ONE_OF_EACH.decode(text.decode())
    except (ValueError, RecursionError):
        return False
    return True


def _object(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a field stands twice")
    return found


# Reads JSON in which no field stands twice: the cluster refuses any other.
ONE_OF_EACH = json.JSONDecoder(object_pairs_hook=_object)


def _texts(call: Call, raw: bytes) -> list[bytes]:
    bodies = [call.parameters.get("source", "").encode(), raw]
    several = call.path.endswith(_LINES)
    texts = [_lines(body) if several else [body] for body in bodies if body]
    return [text for each in texts for text in each if text.strip()]


def _lines(raw: bytes) -> list[bytes]:
    """Return the lines of several searches: heads, which may be left empty, and bodies in turn."""
    if not raw.endswith(b"\n"):
        raise malformed("The msearch request must be terminated by a newline [\n]")
    lines = raw.lstrip(b"\n").removesuffix(b"\n").split(b"\n")
    return [line if place % 2 or line.strip() else b"{}" for place, line in enumerate(lines)]


def plain(raw: bytes, encoding: str, most: int) -> bytes:
    """Return a body without its compression.

    Args:
        raw: as sent.
        encoding: its Content-Encoding, lower case; gzip, deflate or none.
        most: bytes that it may have.

    Raises:
        Refused: 413 or 400.
    """
    if encoding in {"", "identity"}:
        return raw
    if encoding not in {"gzip", "deflate"}:
        raise malformed("the body's Content-Encoding must be gzip, deflate or none")
    reader = zlib.decompressobj(_GZIP if encoding == "gzip" else _deflated(raw))
    try:
        text = reader.decompress(raw, most + 1)
    except zlib.error:
        raise malformed("the body is not what its Content-Encoding says") from None
    if len(text) > most:
        raise oversized(most)
    if not reader.eof or reader.unused_data:
        raise malformed("the body is not one whole compressed stream")
    return text


def _deflated(raw: bytes) -> int:
    """Return the form of a deflated body: with a header of zlib, or without, as the cluster tells them."""
    head = int.from_bytes(raw[:2])
    has_header = head & _ZLIB == _ZLIB and head % _ZLIB_CHECK == 0
    return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS


def oversized(most: int) -> Refused:
    """Return the refusal of a body with too many bytes."""
    return Refused(413, "too_large_exception", f"the body has more than {most:,} bytes")


def _parsed(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise malformed(f"the body is not JSON at line {error.lineno}, {error.colno}") from None


def require_json(call: Call, content_type: str) -> None:
    """Refuse a body in a form that is not read here, but would be by the cluster.

    Raises:
        Refused: 406.
    """
    named = f"{content_type} {call.parameters.get('source_content_type', '')}".lower()
    if any(form in named for form in OTHER_FORMS):
        raise Refused(406, "not_acceptable_exception", "the gateway reads bodies in JSON only")
