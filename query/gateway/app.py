"""The ASGI application: what comes in, who answers it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from connector.settings import Settings
from query.gateway import check, events, route
from query.gateway.asked import Asked
from query.gateway.forward import Cluster
from query.gateway.gate import Gate
from query.gateway.look.routes import Look
from query.gateway.metrics import Metrics
from query.gateway.msearch import msearch
from query.gateway.ranker import Ranker
from query.gateway.refuse import Refused, malformed
from query.gateway.route import Call
from query.gateway.search import search, template
from query.gateway.traces import Traces
from query.ubi.recorder import Recorder

# At debug level they log addresses, headers and bodies of clients.
_TALKATIVE = ("httpcore", "httpx", "opensearch", "urllib3")
# By the end of their path.
_RANKED = {"search": search, "search/template": template, "msearch": msearch}


class Gateway:
    """Answers every request that is not the gateway's own.

    Args:
        settings: of the cluster and the gateway.
    """

    def __init__(self, settings: Settings) -> None:
        self._limits = settings.gateway
        self.recorder = Recorder.of(settings)
        self.cluster = Cluster(settings.opensearch, settings.gateway.concurrent)
        self.metrics = Metrics()
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
                await answer(scope, receive, send)
        except Refused as refused:
            answer = Response(refused.body, refused.status, refused.headers)
            self._tell(request, name, answer.status_code, begin)
            await answer(scope, receive, send)
        except ClientDisconnect:
            return

    def _tell(self, request: Request, name: str, status: int, begin: float) -> None:
        self.metrics.requests.labels(name, status).inc()
        if self.traces:
            self.traces.answered(name, status, time.perf_counter() - begin, request.headers)

    async def _answer(self, call: Call, request: Request) -> Response:
        _require_one_length(request)
        headers = request.scope["headers"]
        if not call.reads:
            if not self._limits.writable:
                route.require_read(call)
            return await self.cluster.pass_on(call, headers, request.stream())
        check.require_json(call, request.headers.get("content-type", ""))
        raw = await _body(request, self._limits.body_bytes)
        encoding = request.headers.get("content-encoding", "").lower()
        text = check.plain(raw, encoding, self._limits.body_bytes)
        found = check.bodies(call, text)
        check.require_allowed(call, found, self._limits)
        answering = _RANKED.get(f"/{call.path}".rpartition("/_")[2])
        if answering:
            return await answering(Asked(call, headers, raw, found), self.ranker, self.cluster)
        return await self.cluster.pass_on(call, headers, raw)


def build(settings: Settings) -> Starlette:
    """Return the application of one process."""
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)
    gateway = Gateway(settings)
    look = Look(settings, gateway.gate)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        gateway.ranker.warm()
        yield
        await gateway.cluster.close()
        if gateway.traces:
            await asyncio.to_thread(gateway.traces.close)
        await asyncio.to_thread(gateway.ranker.close)
        await asyncio.to_thread(look.close)
        if gateway.recorder:
            await asyncio.to_thread(gateway.recorder.close)

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
        Route("/_connector/livez", livez),
        Route("/_connector/readyz", readyz),
        Route("/_connector/metrics", metrics),
        events.route(gateway.recorder, gateway.gate),
        *look.routes(),
    ]
    return Starlette(routes=[*own, Mount("/", gateway)], lifespan=life)


def _require_one_length(request: Request) -> None:
    """Refuse what two readers could cut in two places (request smuggling)."""
    names = [name for name, _ in request.scope["headers"]]
    if names.count(b"content-length") + names.count(b"transfer-encoding") > 1:
        raise malformed("the body's length is given in two ways")


async def _body(request: Request, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise check.oversized(most)
        parts.append(part)
    return b"".join(parts)
