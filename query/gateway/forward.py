"""Passing a request on to the cluster, and its answer back, as they came."""

import ssl
import warnings
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from typing import Any

import aiohttp
from starlette.responses import Response, StreamingResponse
from yarl import URL

from connector.settings import OpenSearchSettings
from query.gateway.certified import ADDRESS, USER
from query.gateway.refuse import Refused
from query.gateway.route import Call

# Everything else stays here: what a proxy is trusted to say is not a client's to say.
PASSED = frozenset(
    [
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"access-control-request-headers",
        b"access-control-request-method",
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"origin",
        b"securitytenant",
        b"security_tenant",
        b"traceparent",
        b"tracestate",
        b"user-agent",
        b"x-opaque-id",
        b"x-opensearch-product-origin",
        b"x-request-id",
        # The gateway's own word, see `query.gateway.certified`.
        USER,
        ADDRESS,
    ]
)
# Of one connection only (RFC 9110, 7.6.1).
_HOP = frozenset(
    [
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    ]
)

# An answer that is no longer is taken whole: that costs less than to stream it.
_WHOLE = 256 * 1024

# Answers to requests that the cluster did not take in whole. What its security plugin had found of
# such a request stays on the connection, and would be the next client's answer (2.19: a 406, then
# a 401 for whoever comes next): the connection ends with them.
_LAST = frozenset([400, 405, 406, 411, 413, 414, 415, 431])

# A connection that rests longer is closed.
_RESTING_S = 30.0
# TLS waits for a farewell where it closes, half a minute unless told, and the cluster bids none. What
# waits would outlive the process's loop.
_FAREWELL_S = 0.2
# Of one header of an answer: a cluster warns of what is deprecated at length.
_HEADER_BYTES = 64 * 1024
# aiohttp would add these of its own.
_UNASKED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")

Headers = list[tuple[bytes, bytes]]


class Answer(aiohttp.ClientResponse):
    """An answer of the cluster; some end their connection."""

    async def start(self, connection: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        """Read the head; of one that ends its connection, all."""
        protocol = connection.protocol
        transport = None if protocol is None else protocol.transport
        await super().start(connection)
        if self.status in _LAST and protocol is not None and transport is not None:
            protocol.force_close()
            await self.read()
            # A short answer came with its head, and the connection went back to the others before
            # it could be told to close. Python 3.11.2 stumbles where it is closed for good already.
            with suppress(AttributeError):
                transport.abort()
        return self


class Cluster:
    """Connections to the cluster that carry no credentials of their own.

    Args:
        settings: address, authority and timeout; user and password are not used.

    Attributes:
        timeout_s: of one answer, seconds.
    """

    def __init__(self, settings: OpenSearchSettings) -> None:
        self.timeout_s = settings.timeout_s
        url = URL(settings.url)
        self._origin: dict[str, Any] = {"scheme": url.scheme, "host": url.host, "port": url.port}
        self._trust = _trust(settings)
        self._opened: aiohttp.ClientSession | None = None

    async def pass_on(
        self, call: Call, headers: Headers, content: bytes | AsyncIterator[bytes]
    ) -> Response:
        """Send a request and return the answer; a long one while it is still coming in.

        Raises:
            Refused: 503 when the cluster cannot be reached, 504 when it does not answer in time;
                what the content itself raises.
        """
        path, _, query = call.target.decode("ascii").partition("?")
        url = URL.build(**self._origin, path=path, query_string=query, encoded=True)
        try:
            answer = await self._session().request(
                call.method,
                url,
                headers=[(name.decode(), value.decode()) for name, value in carried(headers)],
                data=content or None,
                allow_redirects=False,
                middlewares=() if call.reads else (_once,),
            )
            reply = await _reply(answer)
        except (aiohttp.ClientError, TimeoutError) as error:
            if isinstance(error.__cause__, Refused):
                # Of the client's own body, which was still coming in.
                raise error.__cause__ from None
            raise _away(error, "the cluster behind the gateway cannot be reached") from None
        reply.raw_headers = [
            (name.lower(), value) for name, value in answer.raw_headers if name.lower() not in _HOP
        ]
        return reply

    async def close(self) -> None:
        """Close the connections."""
        if self._opened:
            await self._opened.close()

    def _session(self) -> aiohttp.ClientSession:
        """Return the connections; they belong to the event loop that asks first."""
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=_connector(self._trust),
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=self.timeout_s, sock_read=self.timeout_s
                ),
                response_class=Answer,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_UNASKED,
                auto_decompress=False,
                max_line_size=_HEADER_BYTES,
                max_field_size=_HEADER_BYTES,
            )
        return self._opened


def carried(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return the client's headers that the cluster gets."""
    return [(name, value) for name, value in headers if name.lower() in PASSED]


def _connector(trust: ssl.SSLContext) -> aiohttp.TCPConnector:
    with warnings.catch_warnings():
        # Gone in aiohttp 4, and the only word there is for how long a farewell is waited for.
        warnings.simplefilter("ignore", DeprecationWarning)
        return aiohttp.TCPConnector(
            limit=0,
            ssl=trust,
            keepalive_timeout=_RESTING_S,
            ssl_shutdown_timeout=_FAREWELL_S,
        )


async def _reply(answer: aiohttp.ClientResponse) -> Response:
    short = int(answer.headers.get("content-length", _WHOLE + 1)) <= _WHOLE
    if short or answer.status in _LAST:
        return Response(await answer.read(), answer.status)
    return StreamingResponse(_stream(answer), answer.status)


async def _stream(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.content.iter_any():
            yield chunk
    except (aiohttp.ClientError, TimeoutError) as error:
        raise _away(error, "the cluster's answer broke off") from None
    finally:
        # One that was not read to its end takes its connection along.
        answer.close()


def _away(error: Exception, reason: str) -> Refused:
    """Return what a client is told of a cluster that is away: 504 for one that is silent, else 503."""
    if isinstance(error, TimeoutError):
        return Refused(504, "timeout_exception", "the cluster did not answer in time")
    return Refused(503, "unavailable_exception", reason, 1)


async def _once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send a write; aiohttp would send some again, of which the cluster may have done the first."""
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientConnectionError from error


def _trust(settings: OpenSearchSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.ca_file)
    if not settings.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
