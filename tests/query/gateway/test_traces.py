import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from plugins.query_shop import Shop

from connector.settings import GatewaySettings, Settings
from query.gateway.traces import Traces

pytestmark = pytest.mark.server

Serve = Callable[[Settings], contextlib.AbstractContextManager[str]]
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a collector of traces, and all that it was sent."""
    sent: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", sent
        server.shutdown()
        thread.join()


def _spans(sent: list[bytes]) -> list[Span]:
    requests = [ExportTraceServiceRequest.FromString(each) for each in sent]
    return [
        span
        for request in requests
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def test_a_request_is_a_span_of_the_clients_trace(
    shop: Shop, serve: Serve, collector: tuple[str, list[bytes]]
) -> None:
    """It has call and status, and nothing of what was asked or who asked."""
    endpoint, sent = collector
    own = GatewaySettings(traces=endpoint, rules={"*": "pass"})
    secret = "canary-of-a-trace"
    with serve(shop.settings.model_copy(update={"gateway": own})) as url:
        headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "authorization": f"Bearer {secret}"}
        asked = {"query": {"match": {"title": secret}}}
        httpx.post(f"{url}/{shop.alias}/_search?q={secret}", json=asked, headers=headers)
        httpx.put(f"{url}/{secret}", json=asked, headers=headers)
    first, second = _spans(sent)
    assert (first.trace_id.hex(), first.parent_span_id.hex()) == (TRACE, PARENT)
    assert (first.name, second.name) == ("_search", "other")
    told = {one.key: one.value.int_value for one in second.attributes}
    assert told["http.response.status_code"] == 403
    assert first.end_time_unix_nano > first.start_time_unix_nano
    assert secret.encode() not in b"".join(sent)


def test_without_an_endpoint_there_are_none() -> None:
    """Nothing is imported, and nothing sent."""
    assert Traces.to(None) is None


def test_a_collector_that_is_away_is_nobodys_trouble(shop: Shop, serve: Serve) -> None:
    """Requests are answered as before."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    own = GatewaySettings(traces=f"http://127.0.0.1:{port}/v1/traces", rules={"*": "pass"})
    with serve(shop.settings.model_copy(update={"gateway": own})) as url:
        assert httpx.get(f"{url}/_connector/livez").status_code == 200
