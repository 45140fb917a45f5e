"""Passing a request on to the cluster, and its answer back, as they came."""

import ssl
from collections.abc import AsyncIterator, Iterable
from typing import cast

import httpx
from starlette.responses import Response, StreamingResponse

from connector.settings import OpenSearchSettings
from query.gateway.refuse import Refused
from query.gateway.route import Call

# Everything else stays here: what a proxy is trusted to say is not a client's to say.
PASSED = frozenset(
    [
        "accept",
        "accept-encoding",
        "accept-language",
        "authorization",
        "content-encoding",
        "content-length",
        "content-type",
        "securitytenant",
        "security_tenant",
        "traceparent",
        "tracestate",
        "user-agent",
        "x-opaque-id",
    ]
)
# Of one connection only (RFC 9110, 7.6.1).
_HOP = frozenset(
    [
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ]
)

# An answer that is no longer is taken whole: that costs less than to stream it.
_WHOLE = 256 * 1024

# Answers to requests that the cluster did not take in whole. What its security plugin had found of
# such a request stays on the connection, and would be the next client's answer (2.19: a 406, then
# a 401 for whoever comes next): the connection ends with them.
_LAST = frozenset([400, 405, 406, 411, 413, 414, 415, 431])

Headers = list[tuple[bytes, bytes]]


class Cluster:
    """Connections to the cluster that carry no credentials of their own.

    Args:
        settings: address, authority and timeout; user and password are not used.
        connections: open at most.

    Attributes:
        timeout_s: of one answer, seconds.
    """

    def __init__(self, settings: OpenSearchSettings, connections: int) -> None:
        self.timeout_s = settings.timeout_s
        self._url = httpx.URL(settings.url)
        self._client = httpx.AsyncClient(
            verify=_trust(settings),
            timeout=settings.timeout_s,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=connections),
            trust_env=False,
        )

    async def pass_on(
        self, call: Call, headers: Headers, content: bytes | AsyncIterator[bytes]
    ) -> Response:
        """Send a request and return the answer; a long one while it is still coming in.

        Raises:
            Refused: 503 when the cluster cannot be reached, 504 when it does not answer in time.
        """
        request = httpx.Request(
            call.method,
            self._url,
            headers=carried(headers),
            content=content,
            extensions={"target": call.target, "timeout": self._client.timeout.as_dict()},
        )
        try:
            answer = await self._client.send(request, stream=True)
            reply = await _reply(answer)
        except httpx.TransportError as error:
            raise _away(error, "the cluster behind the gateway cannot be reached") from None
        reply.raw_headers = [
            (name.lower(), value) for name, value in answer.headers.raw if not _hops(name)
        ]
        return reply

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def carried(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return the client's headers that the cluster gets."""
    return [(name, value) for name, value in headers if name.decode("latin-1").lower() in PASSED]


async def _reply(answer: httpx.Response) -> Response:
    if int(answer.headers.get("content-length", _WHOLE + 1)) > _WHOLE:
        return StreamingResponse(_stream(answer), answer.status_code)
    return Response(b"".join([chunk async for chunk in _stream(answer)]), answer.status_code)


async def _stream(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in cast("httpx.AsyncByteStream", answer.stream):
            yield chunk
        if answer.status_code in _LAST:
            # Before it goes back to the others.
            await answer.extensions["network_stream"].aclose()
    except httpx.TransportError as error:
        raise _away(error, "the cluster's answer broke off") from None
    finally:
        await answer.aclose()


def _away(error: httpx.TransportError, reason: str) -> Refused:
    """Return what a client is told of a cluster that is away: 504 for one that is silent, else 503."""
    if isinstance(error, httpx.TimeoutException):
        return Refused(504, "timeout_exception", "the cluster did not answer in time")
    return Refused(503, "unavailable_exception", reason, 1)


def _hops(name: bytes) -> bool:
    return name.decode("latin-1").lower() in _HOP


def _trust(settings: OpenSearchSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.ca_file)
    if not settings.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
