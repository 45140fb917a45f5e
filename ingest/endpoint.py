"""The worker's own HTTP endpoint: /metrics for Prometheus, /livez and /readyz for probes."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client.exposition import choose_encoder

from connector.errors import SettingsError
from ingest.gauges import Gauges, Watched
from ingest.health import Health, alive, ready
from ingest.metrics import Metrics

_TEXT = "text/plain; charset=utf-8"
# A client that says nothing for this long is hung up on.
_SILENT_S = 10.0


@contextmanager
def serve(address: str | None, worker: Watched, metrics: Metrics) -> Iterator[int | None]:
    """Answer at `address` (HOST:PORT; None: nowhere) while the block lasts; yield the port.

    Raises:
        SettingsError: nothing can listen there.
    """
    if address is None:
        yield None
        return
    metrics.registry.register(Gauges(worker))
    server = _listen(address, _handler(worker, metrics))
    thread = threading.Thread(target=server.serve_forever, name="http", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def _listen(address: str, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    host, _, port = address.rpartition(":")
    try:
        return _Server((host.strip("[]"), int(port)), handler)
    except (OSError, OverflowError) as error:
        raise SettingsError(
            f"cannot listen at ingest.http = {address!r}: {error}; choose another host or port, or "
            "stop what holds this one"
        ) from error


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A scrape that hangs must not hold the worker's end up.
    block_on_close = False


def _handler(worker: Watched, metrics: Metrics) -> type[BaseHTTPRequestHandler]:
    started_at = time.monotonic()

    class Handler(BaseHTTPRequestHandler):
        timeout = _SILENT_S

        def do_GET(self) -> None:
            now = time.monotonic()
            path = self.path.partition("?")[0]
            if path == "/metrics":
                encode, kind = choose_encoder(self.headers.get("Accept", ""))
                self._answer(HTTPStatus.OK, kind, encode(metrics.registry))
            elif path == "/livez":
                self._tell(alive(worker.status(), started_at, now))
            elif path == "/readyz":
                self._tell(ready(worker.status(), now))
            else:
                paths = b"/metrics, /livez and /readyz are here\n"
                self._answer(HTTPStatus.NOT_FOUND, _TEXT, paths)

        def _tell(self, health: Health) -> None:
            status = HTTPStatus.OK if health.well else HTTPStatus.SERVICE_UNAVAILABLE
            self._answer(status, _TEXT, f"{health.reason or 'ok'}\n".encode())

        def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: probes come every few seconds."""

    return Handler
