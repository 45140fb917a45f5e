"""The page's addresses, all below `/_connector/`."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from connector.errors import (
    ClusterRefusedError,
    ConnectorError,
    IndexMissingError,
    JudgmentsError,
    RequestError,
    RetryLaterError,
)
from connector.settings import Settings
from query.gateway.gate import Gate
from query.gateway.intake import whole
from query.gateway.look.judgments import Judgment, Judgments
from query.gateway.look.searchers import Searchers
from query.gateway.refuse import Refused
from query.gateway.route import OWN

Answer = Callable[[Request], Awaitable[Response]]

_FOLDER = Path(__file__).parent
# Nothing from elsewhere, nothing inline, in nobody's frame.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_FILES = {"": "page.html", "page.css": "page.css", "page.js": "page.js"}
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_MOST_BYTES = 10_000
_STATUS: tuple[tuple[type[ConnectorError], int], ...] = (
    (IndexMissingError, 404),
    (RequestError, 400),
    (ClusterRefusedError, 403),
    (JudgmentsError, 500),
    (RetryLaterError, 503),
)


class Look:
    """The page and what it asks for.

    Args:
        settings: of the cluster; `gateway.judgments` says where judgments go.
        gate: of all requests; searches of the page count among them.
    """

    def __init__(self, settings: Settings, gate: Gate) -> None:
        file = settings.gateway.judgments
        self._gate, self._patience_s = gate, settings.opensearch.timeout_s
        self._searchers = Searchers(settings)
        self._judgments = Judgments(file) if file else None

    def routes(self) -> list[Route]:
        """Return the page's routes."""
        return [
            *(Route(f"{OWN}{path}", _file(name)) for path, name in _FILES.items()),
            Route(f"{OWN}look", self._guarded(self._look)),
            Route(f"{OWN}judgments", self._guarded(self._judge), methods=["POST"]),
        ]

    def close(self) -> None:
        """Close the connections."""
        self._searchers.close()

    async def _look(self, request: Request) -> Response:
        given = request.query_params
        index, text = given.get("index", ""), given.get("q", "")
        wanted = given.get("size", "")
        size = int(wanted[:3]) if wanted.isdecimal() else 10
        authorization = request.headers.get("authorization", "")
        found = await asyncio.to_thread(self._searchers.look, index, text, size, authorization)
        kept = self._judgments
        judged = await asyncio.to_thread(kept.of, text, index) if kept else None
        return _json({**found, "judged": judged})

    async def _judge(self, request: Request) -> Response:
        if self._judgments is None:
            return _json(
                {"error": "judgments are not kept here: gateway.judgments is not set"}, 404
            )
        # Another site's page can send neither this type nor, in its own name, this header.
        own = request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
        if request.headers.get("content-type") != "application/json" or not own:
            return _json({"error": "judgments come from the page alone"}, 403)
        judgment = Judgment.read(_parsed(await whole(request, _MOST_BYTES, self._patience_s)))
        authorization = request.headers.get("authorization", "")
        asked = judgment.index, judgment.query, authorization
        await asyncio.to_thread(self._searchers.require, *asked)
        await asyncio.to_thread(self._judgments.save, judgment)
        return _json({"saved": True})

    def _guarded(self, answer: Answer) -> Answer:
        """Return an endpoint that says in JSON what went wrong."""

        async def endpoint(request: Request) -> Response:
            try:
                with self._gate.entered():
                    return await answer(request)
            except Refused as refused:
                return Response(refused.body, refused.status, refused.headers)
            except ConnectorError as error:
                return _failed(error, request)
            except ClientDisconnect:
                return Response(status_code=400)

        return endpoint


def _failed(error: ConnectorError, request: Request) -> Response:
    """Say what went wrong; a browser asks for a password where the cluster wants one, or another."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    wrong = getattr(error.__cause__, "status_code", None) == 401  # noqa: PLR2004 - unauthorized
    asks = status == 403 and (wrong or "authorization" not in request.headers)  # noqa: PLR2004
    answer = _json({"error": str(error)}, 401 if asks else status)
    if asks:
        answer.headers["WWW-Authenticate"] = 'Basic realm="OpenSearch", charset="UTF-8"'
    return answer


def _file(name: str) -> Answer:
    text, type_ = (_FOLDER / name).read_bytes(), _TYPES[Path(name).suffix]

    async def endpoint(_: Request) -> Response:
        return Response(text, headers=_HEADERS, media_type=f"{type_}; charset=utf-8")

    return endpoint


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise RequestError("the body is not JSON") from None


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, _HEADERS, "application/json")
