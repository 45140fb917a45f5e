"""`POST /_connector/events`: shoppers' browsers reach the recorder through the gateway."""

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from query.gateway.gate import Gate
from query.gateway.intake import whole
from query.gateway.refuse import Refused
from query.ubi.endpoint import MOST_BYTES, PATH, receive
from query.ubi.recorder import Recorder


def route(recorder: Recorder | None, gate: Gate, patience_s: float) -> Route:
    """Return the endpoint; it counts among the requests that are let in.

    Args:
        recorder: None where behaviour is not recorded: the path is not there then.
        gate: of all requests.
        patience_s: how long a body may take to come in.
    """

    async def events(request: Request) -> Response:
        try:
            with gate.entered():
                status, answer = receive(await whole(request, MOST_BYTES, patience_s), recorder)
        except Refused as refused:
            return Response(refused.body, refused.status, refused.headers)
        except ClientDisconnect:
            return Response(status_code=400)
        return Response(orjson.dumps(answer), status, media_type="application/json")

    return Route(PATH, events, methods=["POST"])
