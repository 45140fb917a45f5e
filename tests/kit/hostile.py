"""Requests that nobody sends in good faith: from the gateway's own description, and mutated ones.

The same seed gives the same requests. They travel as bytes over sockets of their own, for a client
library would put most of them right.
"""

import asyncio
import copy
import gzip
import itertools
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

Json = dict[str, Any]

_TEXTS = (
    "", " ", "*", "_all", "-1", "..", "%00", "a" * 2_000, "\u0000", "\u202e\u0007", "é" * 300, "\U0001d54f👩‍👩‍👧",
    "../../etc/passwd", "${jndi:ldap://x/y}", "{{7*7}}", "'; DROP TABLE x;--", "<script>alert(1)</script>",
    "\r\nX-Injected: 1", "a,b,,c", "<logs-{now/d}>", "[" * 400, "(((((((((( OR", "1e999", "NaN", "\uff11\uff12",
)  # fmt: skip
_NUMBERS = (0, -1, 1, 9_999, 10_001, 2**31, 2**63, -(2**63), 10**40, 1e308, 0.1, "ten", None, True)
_JUNK: tuple[Any, ...] = (*_TEXTS[:10], *_NUMBERS, [], {}, [[]], {"": ""}, [None], {"match": 1})
_HEADERS = (
    (b"content-type", b"application/yaml"),
    (b"content-type", b"application/json; charset=utf-16"),
    (b"content-type", b"\xff\xfe"),
    (b"content-encoding", b"br"),
    (b"content-encoding", b"gzip, gzip"),
    (b"x-connector-mode", b"hybrid"),
    (b"x-connector-mode", b"shadow"),
    (b"x-connector-mode", b"\x01nonsense"),
    (b"x-connector-explain", b"true"),
    (b"x-connector-explain", b"maybe"),
    (b"authorization", b"Basic !!!"),
    (b"authorization", b"Bearer " + b"x" * 4_000),
    (b"x-opaque-id", b"x" * 5_000),
    (b"x-forwarded-for", b"127.0.0.1"),
    (b"expect", b"100-continue"),
    (b"accept", b"application/cbor"),
    (b"accept-encoding", b"br;q=x"),
    (b"cookie", b"a=b; " * 300),
)
# Written by hand: what two readers of HTTP could read in two ways, or none at all.
_RAW = (
    b"",
    b"\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET /_search HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"POST /_search HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{}",
    b"POST /_search HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\n{}",
    b"POST /_search HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
    b"POST /_search HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    b"POST /_search HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    b"POST /_search HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n",
    b"POST /_search HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;x=" + b"y" * 9_000 + b"\r\n{}\r\n0\r\n\r\n",
    b"POST /_search HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: y\r\n\r\n",
    b"GET /" + b"a" * 90_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 5_000 + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
    b"GET http://169.254.169.254/latest HTTP/1.1\r\nHost: a\r\n\r\n",
    b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /_search HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
)  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """One request.

    Attributes:
        kind: how it was made: described, mutated or raw.
        data: all its bytes.
        whole: whether it is one request that HTTP can read, so that it must be answered.
    """

    kind: str
    data: bytes
    whole: bool


@dataclass(frozen=True)
class Outcome:
    """What came back.

    Attributes:
        sent: the request.
        status: of HTTP; 0 where the connection was closed without a word.
        seconds: until the connection was closed.
        body: of the answer, with its headers.
    """

    sent: Sent
    status: int
    seconds: float
    body: bytes


class Maker:
    """Makes requests from a description of an interface and bodies that are right.

    Args:
        description: OpenAPI.
        corpus: right bodies, to be spoilt.
        index: name that paths get when they get a right one.
        seed: of the chance.
    """

    def __init__(self, description: Json, corpus: Sequence[Json], index: str, seed: int) -> None:
        self._description, self._corpus, self._index = description, corpus, index
        self._chance = random.Random(seed)
        self._operations = [
            (method, path, operation)
            for path, methods in description["paths"].items()
            for method, operation in methods.items()
        ]

    def requests(self) -> Iterator[Sent]:
        """Yield requests without end: half mutated, four in ten described, the rest raw."""
        makers = [self._mutated] * 10 + [self._described] * 8 + [self._raw] * 2
        for turn in itertools.count():
            yield makers[turn % len(makers)]()

    def _described(self) -> Sent:
        """Return a call of the description, its values at and beyond their borders."""
        method, path, operation = self._chance.choice(self._operations)
        query, headers = {}, []
        for given in map(self._resolved, operation["parameters"]):
            value = str(self._value(given["schema"]))
            if given["in"] == "path":
                right = given["name"] == "index" and self._chance.random() < 0.6
                path = path.replace(
                    f"{{{given['name']}}}", quote(self._index if right else value, safe="*,")
                )
            elif given["in"] == "header" and self._chance.random() < 0.3:
                headers.append((given["name"].encode(), value.encode("utf-8", "replace")))
            elif given["in"] == "query" and self._chance.random() < 0.15:
                query[given["name"]] = value
        target = path + ("?" + urlencode(query, errors="replace") if query else "")
        body = b""
        if "requestBody" in operation and self._chance.random() < 0.8:
            ((kind, media),) = operation["requestBody"]["content"].items()
            value = self._value(media["schema"])
            body = _lines(value) if kind.endswith("ndjson") else _dumped(value)
        return _request("described", method.upper(), target, headers, body)

    def _mutated(self) -> Sent:
        """Return a search whose body was right before."""
        body = json.loads(json.dumps(self._chance.choice(self._corpus)))
        for _ in range(self._chance.choice((1, 1, 2, 5))):
            body = self._spoilt(body)
        text, headers = self._garbled(_dumped(body))
        if self._chance.random() < 0.3:
            headers.append(self._chance.choice(_HEADERS))
        call = self._chance.choice(
            ("_search", "_search", "_search", "_msearch", "_count", "_search/template")
        )
        return _request("mutated", "POST", f"/{self._index}/{call}", headers, text)

    def _raw(self) -> Sent:
        return Sent("raw", self._chance.choice(_RAW), whole=False)

    def _spoilt(self, body: Any) -> Any:
        """Return a body with one place changed."""
        places = list(_places(body))
        if not places:
            return self._junk()
        holder, key = self._chance.choice(places)
        match self._chance.randrange(7):
            case 0 | 1:
                holder[key] = self._junk()
            case 2:
                holder[key] = _deep(holder[key], self._chance.choice((3, 20, 45)))
            case 3:
                # What is large already would no longer fit into memory.
                times = (2, 50, 1_500) if len(places) < 500 else (2,)
                holder[key] = [holder[key]] * self._chance.choice(times)
            case 4 if isinstance(holder, dict):
                holder[self._chance.choice(_TEXTS)] = holder.pop(key)
            case 5 if isinstance(holder, dict):
                holder[self._chance.choice(("script", "query", "aggs", "ext", "size", "_name"))] = (
                    holder[key]
                )
            case _:
                del holder[key]
        return body

    def _garbled(self, text: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
        """Return a body's bytes, one time in three no longer what they were."""
        if self._chance.random() > 1 / 3:
            return text, []
        if self._chance.random() < 1 / 3:
            return self._chance.choice(_packed(text)), [(b"content-encoding", b"gzip")]
        at = self._chance.randrange(len(text) + 1)
        byte = bytes([self._chance.randrange(256)])
        return self._chance.choice(_torn(text, at, byte)), []

    def _value(self, schema: Json, depth: int = 0) -> Any:
        """Return a value that a schema allows, or nearly."""
        schema = self._resolved(schema)
        if self._chance.random() < 0.15 or depth > 5:
            return self._junk()
        if "oneOf" in schema:
            return self._value(self._chance.choice(schema["oneOf"]), depth + 1)
        if "properties" in schema:
            some = [one for one in schema["properties"].items() if self._chance.random() < 0.3]
            return {name: self._value(each, depth + 1) for name, each in some}
        if schema.get("type") == "array":
            each = schema.get("items", {})
            return [self._value(each, depth + 1) for _ in range(self._chance.randrange(4))]
        kinds: Json = {
            "string": _TEXTS,
            "integer": _NUMBERS,
            "number": _NUMBERS,
            "boolean": (True, False, "maybe"),
            "object": [one.get("query", {}) for one in self._corpus],
        }
        some = schema.get("enum") or kinds.get(schema.get("type", ""), _JUNK)
        return copy.deepcopy(self._chance.choice(some))

    def _junk(self) -> Any:
        # What is put into a body may be spoilt in turn.
        return copy.deepcopy(self._chance.choice(_JUNK))

    def _resolved(self, part: Json) -> Json:
        found: Any = self._description
        if "$ref" not in part:
            return part
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        resolved: Json = found
        return resolved


def _packed(text: bytes) -> tuple[bytes, ...]:
    """Return a body packed: well, a bomb, cut off, twice, and not at all."""
    whole = gzip.compress(text, mtime=0)
    return whole, gzip.compress(b" " * 3_000_000, mtime=0), whole[:-6], whole * 2, text


def _torn(text: bytes, at: int, byte: bytes) -> tuple[bytes, ...]:
    """Return a body cut off, with a byte too many, in other encodings, ambiguous, and bottomless."""
    return (
        text[:at],
        text[:at] + byte + text[at:],
        b"\xef\xbb\xbf" + text,
        text.decode().encode("utf-16"),
        text.replace(b'"query"', b'"query": {}, "query"'),
        text.replace(b"a", b"\\ud800", 1),
        b'{"query": ' + b'{"bool": {"must": [' * 20_000,
        b"[" * 200_000,
    )


def _request(
    kind: str, method: str, target: str, headers: Sequence[tuple[bytes, bytes]], body: bytes
) -> Sent:
    clean = [(name, value.replace(b"\r", b"").replace(b"\n", b"")) for name, value in headers]
    if not any(name == b"content-type" for name, _ in clean):
        clean.append((b"content-type", b"application/json"))
    lines = [
        f"{method} {target} HTTP/1.1".encode("latin-1", "replace"),
        b"host: gateway",
        b"connection: close",
        b"content-length: " + str(len(body)).encode(),
        *(name + b": " + value for name, value in clean),
    ]
    return Sent(kind, b"\r\n".join(lines) + b"\r\n\r\n" + body, whole=True)


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _lines(value: Any) -> bytes:
    """Return several searches as lines, each below a head that says nothing."""
    each = value if isinstance(value, list) else [value]
    return b"".join(b"{}\n" + _dumped(one) + b"\n" for one in each)


def _deep(value: Any, times: int) -> Any:
    for _ in range(times):
        value = {"bool": {"must": [value]}}
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place in a body: what holds it, and its key there."""
    below = [value]
    while below:
        holder = below.pop()
        if isinstance(holder, dict | list):
            for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
                yield holder, key
                below.append(holder[key])


async def send(
    url: str, requests: Sequence[Sent], clients: int, patience_s: float
) -> list[Outcome]:
    """Send requests over connections of their own.

    Args:
        url: of the gateway.
        requests: in order.
        clients: at once.
        patience_s: until a connection that was not closed counts as hanging.

    Raises:
        TimeoutError: a request that HTTP can read was not answered in that time.
    """
    where, waiting = urlsplit(url), iter(requests)

    async def client() -> list[Outcome]:
        place = where.hostname or "", where.port or 0
        return [await _send(*place, one, patience_s) for one in waiting]

    return list(itertools.chain(*await asyncio.gather(*(client() for _ in range(clients)))))


async def _send(host: str, port: int, sent: Sent, patience_s: float) -> Outcome:
    begin = time.perf_counter()
    answer = b""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(sent.data)
        if not sent.whole:
            writer.write_eof()
        async with asyncio.timeout(patience_s):
            while part := await reader.read(65_536):
                answer += part
    except ConnectionError:
        # Refused before it was read whole; what was said is said.
        pass
    finally:
        writer.close()
    # A word between, before the answer.
    last = answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n").removeprefix(
        b"HTTP/1.1 100 \r\n\r\n"
    )
    parts = last.split(b" ", 2)
    status = int(parts[1]) if len(parts) > 2 else 0
    return Outcome(sent, status, time.perf_counter() - begin, answer)
