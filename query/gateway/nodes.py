"""Clients that ask for the cluster's nodes, to go to them themselves, are led back to the gateway.

Sniffing, as clients call it: they would leave the gateway behind, or find no way to inner addresses.
"""

import re

import orjson
from starlette.requests import Request
from starlette.responses import Response

from query.gateway.asked import Asked
from query.gateway.forward import Cluster
from query.gateway.route import Call

_INFO = re.compile(r"_nodes(?:/(?!(?:.*/)?(?:stats|usage|hot_?threads)(?:/|$)).*)?")
_OK = 200


def asks(call: Call, request: Request) -> bool:
    """Return whether a request asks where the cluster's nodes are, and a client reads the answer."""
    return call.method == "GET" and bool(_INFO.fullmatch(call.path)) and "host" in request.headers


async def nodes(asked: Asked, request: Request, cluster: Cluster) -> Response:
    """Return the cluster's answer, each node's HTTP address the one that the client came to.

    Raises:
        Refused: 503 and 504 of the cluster.
    """
    answer = await asked.whole(cluster)
    if answer.status_code != _OK or "json" not in answer.headers["content-type"]:
        return answer
    body = orjson.loads(answer.body)
    for node in body.get("nodes", {}).values():
        if "publish_address" in node.get("http", ()):
            node["http"]["publish_address"] = _address(request)
            node["http"]["bound_address"] = [_address(request)]
    return asked.written(body, answer.raw_headers)


def _address(request: Request) -> str:
    """Return host and port as the client wrote them; a balancer may have ended its TLS."""
    host = request.headers["host"]
    secure = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
    named = re.search(r":\d+$", host)
    return host if named else f"{host}:{443 if secure else 80}"
