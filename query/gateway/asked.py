"""A request that reads, as it came, and how it goes on or is answered."""

import gzip
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.responses import Response, StreamingResponse

from connector.settings import GatewaySettings
from query.gateway.certified import ADDRESS, USER
from query.gateway.check import OTHER_FORMS
from query.gateway.filter_path import filtered
from query.gateway.forward import Cluster, Headers
from query.gateway.route import Call

Json = dict[str, Any]

# The client's own, for the searches that are sent in its name.
_IN_ITS_NAME = frozenset(
    [
        "authorization",
        "origin",
        "securitytenant",
        "security_tenant",
        "traceparent",
        "tracestate",
        "user-agent",
        "x-opaque-id",
        "x-request-id",
        USER.decode(),
        ADDRESS.decode(),
    ]
)
_OF_THE_BODY = (b"content-length", b"content-encoding", b"transfer-encoding")
# Of an answer's headers, what another answer, over another connection, has for itself.
_OF_ONE = frozenset([*_OF_THE_BODY, b"content-type", b"connection", b"keep-alive"])
_TYPE = {"content-type": "application/json; charset=UTF-8"}
# Fast: an answer is packed while others wait.
_PACKED = 1
_REFUSES = re.compile(r"q=0(\.0*)?")


@dataclass(frozen=True)
class Asked:
    """A request that reads.

    Attributes:
        call: its line.
        headers: all of them, names in lower case.
        raw: its body as it goes on.
        texts: the JSON in it, not compressed: one, or the lines of several searches.
        bodies: the objects that they hold.
        begun: when it came in, seconds, monotonic.
        caps: on what a template of it may make; None where everything goes through.
    """

    call: Call
    headers: Headers
    raw: bytes
    texts: list[bytes]
    bodies: list[Json]
    begun: float
    caps: GatewaySettings | None

    @cached_property
    def said(self) -> Mapping[str, str]:
        """Its headers by name."""
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in self.headers}

    @property
    def parameters(self) -> Mapping[str, str]:
        """Of its address; an answer's form that a header asks for counts as one of them."""
        given = self.call.parameters
        accepted = self.said.get("accept", "").lower()
        other = next((form for form in OTHER_FORMS if form in accepted), None)
        return {"format": other, **given} if other else given

    @property
    def in_its_name(self) -> dict[str, str]:
        """Headers of the searches that are sent in its place."""
        return {name: value for name, value in self.said.items() if name in _IN_ITS_NAME}

    @property
    def unfiltered(self) -> "Asked":
        """The same, whose answer is to come whole; `written` leaves out what is not wanted."""
        kept = {k: v for k, v in self.call.parameters.items() if k != "filter_path"}
        target = self.call.target.partition(b"?")[0] + b"?" + urlencode(kept).encode()
        return replace(self, call=replace(self.call, target=target))

    def rewritten(self, raw: bytes) -> "Asked":
        """Return the request with another body, in JSON."""
        headers = [(name, value) for name, value in self.headers if name not in _OF_THE_BODY]
        # A search in the address comes without a body, and without its form.
        if "content-type" not in self.said:
            headers.append((b"content-type", b"application/json"))
        return replace(self, headers=headers, raw=raw)

    @property
    def packed(self) -> bool:
        """Whether it takes an answer in gzip, as the cluster gives one that is asked for it."""
        each = self.said.get("accept-encoding", "").lower().split(",")
        named = {
            kind.strip(): quality.strip()
            for kind, _, quality in (one.partition(";") for one in each)
        }
        return "gzip" in named and not _REFUSES.fullmatch(named["gzip"])

    def written(self, body: Json, headers: Iterable[tuple[bytes, bytes]]) -> Response:
        """Return an answer of the gateway's own, in the cluster's form, less what is not wanted.

        Args:
            body: of the answer.
            headers: of the cluster's answers that it is made of; what is of their bodies is left out.
        """
        if wanted := self.call.parameters.get("filter_path"):
            body = filtered(body, wanted)
        pretty = self.call.parameters.get("pretty") in {"", "true"}
        content = orjson.dumps(body, option=orjson.OPT_INDENT_2 if pretty else 0)
        own = dict(_TYPE)
        if self.packed:
            content, own["content-encoding"] = gzip.compress(content, _PACKED, mtime=0), "gzip"
        answer = Response(content, headers=own)
        answer.raw_headers += dict.fromkeys(one for one in headers if one[0] not in _OF_ONE)
        return answer

    async def whole(self, cluster: Cluster) -> Response:
        """Return the cluster's own answer once all of it is there, not compressed.

        Raises:
            Refused: 503 or 504 of the cluster.
        """
        plain = [(name, value) for name, value in self.headers if name != b"accept-encoding"]
        reply = await cluster.pass_on(self.call, plain, self.raw)
        if not isinstance(reply, StreamingResponse):
            return reply
        content = b"".join([bytes(part) async for part in reply.body_iterator])  # type: ignore[arg-type]
        answer = Response(content, reply.status_code)
        answer.raw_headers = reply.raw_headers
        return answer


def changed(answer: Response, body: Json) -> Response:
    """Return an answer with another body."""
    content = orjson.dumps(body)
    other = Response(content, answer.status_code)
    kept = [one for one in answer.raw_headers if one[0] not in _OF_THE_BODY]
    other.raw_headers = [*kept, (b"content-length", str(len(content)).encode())]
    return other
