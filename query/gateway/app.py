"""The ASGI application: what comes in, who answers it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from connector.settings import Settings
from query.gateway import caps, check, events, intake, route
from query.gateway.asked import Asked
from query.gateway.budget import patience, waits
from query.gateway.certified import headers_of
from query.gateway.forward import Cluster
from query.gateway.gate import Gate
from query.gateway.look.routes import Look
from query.gateway.metrics import Metrics
from query.gateway.msearch import msearch
from query.gateway.nodes import asks, nodes
from query.gateway.ranker import Ranker
from query.gateway.refuse import Refused, malformed
from query.gateway.route import Call
from query.gateway.search import search, template
from query.gateway.traces import Traces
from query.ubi.recorder import Recorder

log = logging.getLogger(__name__)

# They log addresses, headers and bodies of clients at debug level. The cluster's client does so with
# every failure, too, its traceback behind it; who asked tells of those.
_TALKATIVE = {
    "aiohttp": logging.WARNING,
    "opensearch": logging.ERROR,
    "opensearchpy": logging.ERROR,
    "urllib3": logging.WARNING,
}
_Answering = Callable[[Asked, Ranker, Cluster], Awaitable[Response]]
# By the end of their path.
_RANKED: dict[str, _Answering] = {
    "search": search,
    "search/template": template,
    "msearch": msearch,
    "msearch/template": msearch,
}


class Gateway:
    """Answers every request that is not the gateway's own.

    Args:
        settings: of the cluster and the gateway.
    """

    def __init__(self, settings: Settings) -> None:
        self._limits = settings.gateway
        self._caps = None if self._limits.allow == "everything" else self._limits
        self.metrics = Metrics()
        self.recorder = Recorder.of(settings, self.metrics.recorded)
        self.cluster = Cluster(settings.opensearch)
        self.traces = Traces.to(settings.gateway.traces)
        self.ranker = Ranker(settings, self.metrics, self.recorder)
        self.gate = Gate(settings.gateway.concurrent, settings.gateway.requests_per_s)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        request = Request(scope, receive)
        name, begin = "other", time.perf_counter()
        try:
            with self.gate.entered():
                call = route.read(request.method, scope["raw_path"], scope["query_string"])
                name = call.verb
                answer = await self._answer(call, request)
                self.metrics.seconds.labels(name).observe(time.perf_counter() - begin)
                self._tell(request, name, answer.status_code, begin)
                await _sent(answer, scope, receive, send)
        except Refused as refused:
            answer = Response(refused.body, refused.status, refused.headers)
            self._tell(request, name, answer.status_code, begin)
            await answer(scope, receive, send)
        except ClientDisconnect:
            return

    async def close(self) -> None:
        """Close all connections; what was recorded is written first."""
        await self.cluster.close()
        if self.traces:
            await asyncio.to_thread(self.traces.close)
        await asyncio.to_thread(self.ranker.close)
        if self.recorder:
            await asyncio.to_thread(self.recorder.close)

    def _tell(self, request: Request, name: str, status: int, begin: float) -> None:
        self.metrics.requests.labels(name, status).inc()
        if self.traces:
            self.traces.answered(name, status, time.perf_counter() - begin, request.headers)

    async def _answer(self, call: Call, request: Request) -> Response:
        begin = time.monotonic()
        _require_one_length(request)
        headers = headers_of(request.scope)
        check.require_headers(headers)
        if not call.reads:
            if self._limits.allow == "reads":
                route.require_read(call)
            patience_s = self.cluster.timeout_s
            content = intake.streamed(request, patience_s) if _has_body(headers) else b""
            return await self.cluster.pass_on(call, headers, content)
        raw = await intake.whole(request, self._limits.body_bytes, self.cluster.timeout_s)
        body = self._read(call, request.headers, raw)
        found = body.objects if body else []
        answering = _RANKED.get(f"/{call.path}".rpartition("/_")[2])
        searches = found[1::2] if answering is msearch else found
        async with patience(begin + waits(call.parameters, searches, self.cluster.timeout_s)):
            texts = body.texts if body else []
            asked = Asked(call, headers, raw, texts, found, begin, self._caps)
            ranked = None
            if asks(call, request):
                return await nodes(asked, request, self.cluster)
            if answering and body and check.is_search(call, request.headers, raw, body):
                ranked = await self._ranked(answering, asked)
            return ranked or await self.cluster.pass_on(call, headers, raw)

    async def _ranked(self, answering: _Answering, asked: Asked) -> Response | None:
        """Return the answer to a search; None where a fault of the gateway's own costs it."""
        try:
            return await answering(asked, self.ranker, self.cluster)
        except (Refused, ClientDisconnect):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the cluster can still answer
            log.warning("a search is passed on: %s", type(error).__name__)
            return None

    def _read(self, call: Call, headers: Headers, raw: bytes) -> check.Body | None:
        """Return the JSON of a request; None for one that goes on unread.

        Raises:
            Refused: what it asks is not allowed.
        """
        try:
            found = check.read(call, headers, raw, self._limits.body_bytes)
        except Refused:
            if self._caps:
                raise
            return None
        if self._caps:
            caps.require_allowed(call, found, self._caps)
        return found


@dataclass(frozen=True)
class Front:
    """The application of one process: what is the gateway's own, and what is the cluster's.

    Attributes:
        own: below `/_connector/`, and the process's life.
        gateway: all else; it has no part in matching the gateway's own addresses.
    """

    own: Starlette
    gateway: Gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        ours = scope["type"] != "http" or scope["path"].startswith(route.OWN)
        await (self.own if ours else self.gateway)(scope, receive, send)


def build(settings: Settings, *, replacing: bool = False) -> Front:
    """Return the application of one process.

    Args:
        settings: of the cluster and the gateway.
        replacing: whether it takes the place of another: then it serves once it ranks.
    """
    for library, level in _TALKATIVE.items():
        logging.getLogger(library).setLevel(level)
    gateway = Gateway(settings)
    look = Look(settings, gateway.gate)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        await gateway.ranker.warm(wait=replacing)
        yield
        await gateway.close()
        await asyncio.to_thread(look.close)

    async def livez(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(_: Request) -> Response:
        if not gateway.ranker.indices.ready:
            return PlainTextResponse("indices are being opened\n", 503)
        try:
            call = Call("GET", b"/", "", reads=True)
            status = (await gateway.cluster.pass_on(call, [], b"")).status_code
        except Refused as refused:
            return PlainTextResponse(f"{refused.reason}\n", 503)
        # A cluster that wants to know who asks is there.
        ready = status in {200, 401, 403}
        return PlainTextResponse(
            "ready\n" if ready else f"the cluster answers {status}\n", 200 if ready else 503
        )

    async def metrics(_: Request) -> Response:
        return Response(gateway.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    own = [
        Route(f"{route.OWN}livez", livez),
        Route(f"{route.OWN}readyz", readyz),
        Route(f"{route.OWN}metrics", metrics),
        events.route(gateway.recorder, gateway.gate, gateway.cluster.timeout_s),
        *look.routes(),
    ]
    return Front(Starlette(routes=own, lifespan=life), gateway)


async def _sent(answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer; one that the cluster breaks off ends with the connection, not as if whole."""
    try:
        await answer(scope, receive, send)
    except Refused as refused:
        log.warning("%s", refused.reason)


def _require_one_length(request: Request) -> None:
    """Refuse what two readers could cut in two places (request smuggling)."""
    names = [name for name, _ in request.scope["headers"]]
    if names.count(b"content-length") + names.count(b"transfer-encoding") > 1:
        raise malformed("the body's length is given in two ways")


def _has_body(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name in {b"content-length", b"transfer-encoding"} for name, _ in headers)
