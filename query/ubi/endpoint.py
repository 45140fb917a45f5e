"""`POST /_connector/events`: the body of a request becomes events, whatever serves HTTP."""

from http import HTTPStatus
from typing import Any

import orjson

from query.ubi.recorder import Recorder

PATH = "/_connector/events"
# A page sends a handful of events at a time.
MOST_BYTES = 64_000
MOST_EVENTS = 100


def receive(body: bytes, recorder: Recorder | None) -> tuple[int, dict[str, Any]]:
    """Take one event or a list of them; return the HTTP status and the answer's body.

    The content type does not matter: a browser's beacon may send `text/plain` to another host, and
    nothing else without asking first. 202: taken, and written soon; 400: none of it can be; 404:
    behaviour is not recorded here; 413: too much.

    Args:
        body: of the request, UTF-8 JSON.
        recorder: None where behaviour is not recorded.
    """
    if recorder is None:
        return _refused(HTTPStatus.NOT_FOUND, "behaviour is not recorded here")
    if len(body) > MOST_BYTES:
        return _refused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has {MOST_BYTES:,} bytes at most"
        )
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _refused(HTTPStatus.BAD_REQUEST, "the body is not JSON")
    events = given if isinstance(given, list) else [given]
    if not 0 < len(events) <= MOST_EVENTS:
        return _refused(HTTPStatus.BAD_REQUEST, f"send 1 to {MOST_EVENTS} events")
    taken = recorder.events(events)
    status = HTTPStatus.ACCEPTED if taken.accepted else HTTPStatus.BAD_REQUEST
    return status.value, {"accepted": taken.accepted, "refused": list(taken.refused)}


def _refused(status: HTTPStatus, reason: str) -> tuple[int, dict[str, Any]]:
    return status.value, {"accepted": 0, "refused": [reason]}
