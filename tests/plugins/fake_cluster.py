"""A cluster that answers `_bulk` and `_mget` as it is told: for answers that a real one cannot be asked for.

`tests/ingest/provoked/test_fake.py` holds its answers to a real cluster's.
"""

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One answer to one request."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


def item(status: int, kind: str, reason: str = "because") -> dict[str, Any]:
    """Return a failed item of a bulk answer."""
    return {"update": {"status": status, "error": {"type": kind, "reason": reason}}}


def done(result: str = "updated") -> dict[str, Any]:
    """Return an item of a bulk answer that went well."""
    return {"update": {"status": 201 if result == "created" else 200, "result": result}}


def items(*several: dict[str, Any]) -> Reply:
    """Return a bulk answer."""
    return Reply(200, {"items": list(several)})


def documents(*ids: str) -> Reply:
    """Return an answer to `_mget`: products of version 1, of some text."""
    state = {"connector": {"versions": {"product": 1}, "text_hash": "h", "model": "m"}}
    return Reply(200, {"docs": [{"_id": each, "found": True, "_source": state} for each in ids]})


def refusal(status: int, kind: str, reason: str = "because", **headers: str) -> Reply:
    """Return the answer to a request that is refused as a whole."""
    cause = {"type": kind, "reason": reason}
    body = {"error": {"root_cause": [cause], **cause}, "status": status}
    return Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


class FakeCluster:
    """Gives its replies in order and keeps what it was sent; the last reply is given for ever."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.replies: list[Reply] = []
        self.requests: list[list[str]] = []

    def take(self, body: bytes) -> Reply:
        """Note the ids that a request is about, and return what to answer."""
        lines = [json.loads(line) for line in body.splitlines()]
        read = lines[0].get("ids")
        self.requests.append(read or [line["update"]["_id"] for line in lines[::2]])
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextlib.contextmanager
def fake_cluster() -> Iterator[FakeCluster]:
    """Run a fake cluster on a free port for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reply = fake.take(self.rfile.read(int(self.headers["content-length"])))
            body = json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"content-type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake = FakeCluster(f"http://127.0.0.1:{server.server_port}")
    # Without this, every end of it is waited for half a second.
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
