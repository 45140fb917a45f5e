"""A stand-in for OpenSearch Dashboards: its status and its import, as its sources and docs say.

No Dashboards can be had where the suite runs. Answers are those of
`src/core/server/saved_objects/{routes/import,import/*}.ts` of version 2.8.
"""

import email
import email.policy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

TYPES = ("index-pattern", "visualization", "dashboard")


@dataclass
class Dashboards:
    """What it holds and how it behaves.

    Attributes:
        url: where it listens.
        objects: imported ones by type and id.
        status: answered instead of anything else, with a text that is no JSON.
        authorization: that it insists on.
    """

    url: str = ""
    objects: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    status: int = 200
    authorization: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def import_(self, lines: list[dict[str, Any]], *, overwrite: bool) -> dict[str, Any]:
        """Import as Dashboards does: all or, where there are errors, those without."""
        there = {*self.objects, *((each["type"], each["id"]) for each in lines)}
        errors = [error for each in lines for error in self._errors(each, there, overwrite)]
        bad = {(error["type"], error["id"]) for error in errors}
        good = [each for each in lines if (each["type"], each["id"]) not in bad]
        self.objects |= {(each["type"], each["id"]): each for each in good}
        answer: dict[str, Any] = {"successCount": len(good), "success": not errors}
        return answer | ({"errors": errors} if errors else {})

    def _errors(
        self, each: dict[str, Any], there: set[tuple[str, str]], overwrite: bool
    ) -> Iterator[dict[str, Any]]:
        name = (each["type"], each["id"])
        title = each["attributes"].get("title")
        error: dict[str, Any] | None = None
        missing = [
            {"type": one["type"], "id": one["id"]}
            for one in each["references"]
            if (one["type"], one["id"]) not in there
        ]
        if each["type"] not in TYPES:
            error = {"type": "unsupported_type"}
        elif missing:
            error = {"type": "missing_references", "references": missing}
        elif name in self.objects and not overwrite:
            error = {"type": "conflict"}
        if error:
            yield {"id": each["id"], "type": each["type"], "title": title, "error": error}


@contextmanager
def dashboards() -> Iterator[Dashboards]:
    """Serve one for as long as the block lasts."""
    held = Dashboards()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(held))
    held.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(held: Dashboards) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - one per request
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self._may():
                return
            if self.path == "/api/status":
                version = {"number": "2.8.0", "build_hash": "0", "build_number": 1}
                self._answer(200, {"name": "osd", "uuid": "u", "version": version, "status": {}})
            else:
                self._refuse(404, "Not Found")

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            if not self._may():
                return
            if "osd-xsrf" not in self.headers:
                self._refuse(400, "Request must contain a osd-xsrf header.")
                return
            path, _, query = self.path.partition("?")
            if path != "/api/saved_objects/_import":
                self._refuse(404, "Not Found")
                return
            name, text = _file(self.headers["Content-Type"], raw)
            if not name.endswith(".ndjson"):
                self._refuse(400, f"Invalid file extension .{name.rpartition('.')[2]}")
                return
            lines = [json.loads(line) for line in text.splitlines() if line.strip()]
            self._answer(200, held.import_(lines, overwrite="overwrite=true" in query))

        def _may(self) -> bool:
            held.headers = dict(self.headers)
            if held.status != 200:
                self.send_response(held.status)
                self.end_headers()
                self.wfile.write(b"OpenSearch Dashboards server is not ready yet")
                return False
            if held.authorization and self.headers.get("Authorization") != held.authorization:
                self._refuse(401, "Authentication required")
                return False
            return True

        def _refuse(self, status: int, message: str) -> None:
            self._answer(status, {"statusCode": status, "error": "x", "message": message})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            written = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _file(content_type: str, raw: bytes) -> tuple[str, str]:
    """Return name and text of the only part of a form."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.message_from_bytes(head + raw, policy=email.policy.HTTP)
    (part,) = message.iter_parts()  # type: ignore[attr-defined]
    return part.get_filename() or "", part.get_content().decode()
