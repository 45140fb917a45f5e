"""What a body may ask: no scripts, and nothing larger than the settings say."""

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from connector.settings import GatewaySettings
from query.gateway.refuse import Refused, forbidden, malformed, too_large
from query.gateway.route import Call

Json = dict[str, Any]

_LINES = ("_msearch", "_msearch/template")
# Below these stand names of fields, which may be called anything.
_FIELDS = frozenset(
    [
        "match",
        "match_phrase",
        "match_phrase_prefix",
        "match_bool_prefix",
        "term",
        "terms",
        "prefix",
        "wildcard",
        "fuzzy",
        "regexp",
        "range",
        "intervals",
        "span_term",
        "fields",
    ]
)
_SCRIPTS = frozenset(
    [
        "script",
        "scripts",
        "script_fields",
        "script_score",
        "scripted_metric",
        "scripted_upsert",
        "bucket_script",
        "bucket_selector",
        "init_script",
        "map_script",
        "combine_script",
        "reduce_script",
        "derived",
    ]
)
_AGGREGATIONS = ("aggs", "aggregations")
_ASKING = ("GET", "POST")
_JSON = ("application/json", "application/x-ndjson")
_CONTROL = re.compile(rb"[^\t\x20-\x7e\x80-\xff]")
# The cluster takes 16 KiB, less what is added on the way.
_HEADER_BYTES = 15_000
# Forms other than JSON that the cluster takes.
OTHER_FORMS = ("yaml", "cbor", "smile")
# No number that the cluster reads is longer.
_DIGITS = 19
# What the cluster gave out comes back as long as it was.
_HANDLES = ("id", "pit_id", "scroll_id")


@dataclass(frozen=True)
class Body:
    """What a request that reads has in its body and its address.

    Attributes:
        texts: JSON, not compressed; one, or the lines of several searches.
        objects: what they hold, and the page that the address names.
    """

    texts: list[bytes]
    objects: list[Json]


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
    page = {name: int(given[name]) for name in ("from", "size") if _is_count(given.get(name, ""))}
    return Body(texts, [*map(_parsed, texts), *([page] if page else [])])


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


def is_search(call: Call, headers: Mapping[str, str], raw: bytes, texts: Iterable[bytes]) -> bool:
    """Return whether the cluster takes a request to a search's address for a search.

    It refuses verbs that ask nothing, bodies that do not say that they are JSON, and those in which
    a field stands twice.

    Args:
        call: the request.
        headers: its own.
        raw: its body as it came.
        texts: that `read` has found in it.
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if call.method not in _ASKING or (raw and kind not in _JSON):
        return False
    return all(map(_has_one_of_each, texts))


def _has_one_of_each(text: bytes) -> bool:
    def read(pairs: list[tuple[str, Any]]) -> None:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError

    try:
        json.loads(text, object_pairs_hook=read)
    except (ValueError, RecursionError):
        return False
    return True


def _texts(call: Call, raw: bytes) -> list[bytes]:
    given = call.parameters
    texts = [given["source"].encode()] if "source" in given else []
    texts += _lines(raw) if call.path.endswith(_LINES) else [raw]
    return [text for text in texts if text.strip()]


def _lines(raw: bytes) -> list[bytes]:
    """Return the lines of several searches: heads, which may be left empty, and bodies in turn."""
    if raw and not raw.endswith(b"\n"):
        raise malformed("The msearch request must be terminated by a newline [\n]")
    lines = raw.lstrip(b"\n").removesuffix(b"\n").split(b"\n")
    return [line if place % 2 or line.strip() else b"{}" for place, line in enumerate(lines)]


def require_allowed(call: Call, found: list[Json], limits: GatewaySettings) -> None:
    """Refuse scripts, templates written in the request, and what is too large.

    Raises:
        Refused: 403 or 400; the reason names the setting's cap.
    """
    if len(found) > 2 * limits.searches:
        raise too_large(f"more than {limits.searches} searches in one request")
    for body in found:
        if call.path.endswith("_search/scroll") and "_all" in _listed(body.get("scroll_id")):
            raise forbidden("ending the scrolls of every client")
        if call.path.endswith(("_search/template", "_msearch/template")) and "source" in body:
            raise forbidden("a template in the request can hold scripts; store it and name its id")
        _require_modest(body, limits)


def _require_modest(body: Json, limits: GatewaySettings) -> None:
    clauses = 0
    for key, value, parent, depth in _walk(body):
        clauses += isinstance(value, dict)
        # An aggregation reads its script where a query has a field.
        if key in _SCRIPTS and (depth or parent not in _FIELDS):
            raise forbidden(f"scripts are not run for clients; the body has {key!r}")
        if depth > limits.aggregation_depth:
            raise too_large(f"aggregations are nested more than {limits.aggregation_depth} deep")
        if key == "k" and isinstance(value, int) and value > limits.k:
            raise too_large(f"k is more than {limits.k}")
        if isinstance(value, str) and len(value) > limits.characters and key not in _HANDLES:
            raise too_large(f"a text has more than {limits.characters:,} characters")
    if clauses > limits.clauses:
        raise too_large(f"the body has more than {limits.clauses:,} clauses")
    page = [body.get(name, 0) for name in ("from", "size")]
    if sum(part for part in page if isinstance(part, int)) > limits.window:
        raise too_large(f"from and size reach beyond hit {limits.window:,}")


def _walk(body: Json) -> Iterator[tuple[str, Any, str, int]]:
    """Yield every value with its key, the key above, and how many aggregations stand around it."""
    stack: list[tuple[str, Any, str, int]] = [("", body, "", 0)]
    while stack:
        key, value, parent, depth = stack.pop()
        yield key, value, parent, depth
        if isinstance(value, list):
            stack += [(key, each, parent, depth) for each in value]
        elif isinstance(value, dict):
            stack += [
                (below, each, key, depth + (below in _AGGREGATIONS))
                for below, each in value.items()
            ]


def plain(raw: bytes, encoding: str, most: int) -> bytes:
    """Return a body without its compression.

    Args:
        raw: as sent.
        encoding: its Content-Encoding, lower case; gzip or none.
        most: bytes that it may have.

    Raises:
        Refused: 413 or 400.
    """
    if encoding not in {"", "identity", "gzip"}:
        raise malformed("the body's Content-Encoding must be gzip or none")
    if encoding != "gzip":
        return raw
    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = reader.decompress(raw, most + 1)
    except zlib.error:
        raise malformed("the body is not what its Content-Encoding says") from None
    if len(text) > most:
        raise oversized(most)
    if not reader.eof or reader.unused_data:
        raise malformed("the body is not one whole gzip stream")
    return text


def oversized(most: int) -> Refused:
    """Return the refusal of a body with too many bytes."""
    return Refused(413, "too_large_exception", f"the body has more than {most:,} bytes")


def _parsed(text: bytes) -> Json:
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise malformed(f"the body is not JSON at line {error.lineno}, {error.colno}") from None
    if not isinstance(body, dict):
        raise malformed("the body is not a JSON object")
    return body


def require_json(call: Call, content_type: str) -> None:
    """Refuse a body in a form that is not read here, but would be by the cluster.

    Raises:
        Refused: 406.
    """
    named = f"{content_type} {call.parameters.get('source_content_type', '')}".lower()
    if any(form in named for form in OTHER_FORMS):
        raise Refused(406, "not_acceptable_exception", "the gateway reads bodies in JSON only")


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
