"""`_search` through the gateway: ranked where it can be, the cluster's own answer everywhere else."""

import re
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.responses import Response

from query.gateway.forward import Cluster, Headers
from query.gateway.mode import Wish
from query.gateway.ranker import Left, Ranked, Ranker, Search
from query.gateway.route import Call

Json = dict[str, Any]

_ONE = re.compile(r"([^/_,*?<][^/,*?<]*)/_search")
# The client's own, for the searches that are sent in its name.
_IN_ITS_NAME = frozenset(
    [
        "authorization",
        "securitytenant",
        "security_tenant",
        "traceparent",
        "tracestate",
        "user-agent",
        "x-opaque-id",
    ]
)
_OF_THE_BODY = (b"content-length", b"content-encoding", b"transfer-encoding")
_TYPE = {"content-type": "application/json; charset=UTF-8"}
_OK = 200


@dataclass(frozen=True)
class Asked:
    """A request that reads, as it came.

    Attributes:
        call: its line.
        headers: all of them, names in lower case.
        raw: its body as sent.
        bodies: the JSON objects in it.
    """

    call: Call
    headers: Headers
    raw: bytes
    bodies: list[Json]

    @property
    def said(self) -> dict[str, str]:
        """Its headers by name."""
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in self.headers}

    @property
    def in_its_name(self) -> dict[str, str]:
        """Headers of the searches that are sent in its place."""
        return {name: value for name, value in self.said.items() if name in _IN_ITS_NAME}

    def rewritten(self, body: Json) -> "Asked":
        """Return the request with another body."""
        headers = [(name, value) for name, value in self.headers if name not in _OF_THE_BODY]
        return Asked(self.call, headers, orjson.dumps(body), [body])


async def answered(asked: Asked, ranker: Ranker, cluster: Cluster) -> Response:
    """Answer a `_search`.

    Raises:
        Refused: 400, what is said to the gateway cannot be read; 503 and 504 of the cluster.
    """
    index = _ONE.fullmatch(asked.call.path)
    body = asked.bodies[0] if asked.raw.strip() else {}
    wish = Wish.read(asked.said, body)
    if wish.body is not body:
        asked = asked.rewritten(wish.body)
    parameters = asked.call.parameters
    name = index[1] if index else ""
    search = Search(name, wish.body, parameters, asked.in_its_name, wish.mode)
    found = await ranker.rank(search)
    if isinstance(found, Ranked):
        told = {"ext": {"connector": found.told}} if wish.explain else {}
        return _written({**found.body, **told}, asked)
    if wish.explain:
        return await _explained(asked, found, cluster)
    return await cluster.pass_on(asked.call, asked.headers, asked.raw)


def _written(body: Json, asked: Asked) -> Response:
    pretty = asked.call.parameters.get("pretty") in {"", "true"}
    content = orjson.dumps(body, option=orjson.OPT_INDENT_2 if pretty else 0)
    opaque = asked.said.get("x-opaque-id")
    headers = {**_TYPE, **({"x-opaque-id": opaque} if opaque else {})}
    return Response(content, headers=headers)


async def _explained(asked: Asked, left: Left, cluster: Cluster) -> Response:
    """Return the cluster's own answer and why it is that."""
    plain = [(name, value) for name, value in asked.headers if name != b"accept-encoding"]
    reply = await cluster.pass_on(asked.call, plain, asked.raw)
    content = b"".join([bytes(part) async for part in reply.body_iterator])  # type: ignore[arg-type]
    if reply.status_code == _OK:
        body = orjson.loads(content)
        content = orjson.dumps({**body, "ext": {"connector": left.told}})
    whole = Response(content, reply.status_code)
    kept = [one for one in reply.raw_headers if one[0] != b"content-length"]
    whole.raw_headers = [*kept, (b"content-length", str(len(content)).encode())]
    return whole
