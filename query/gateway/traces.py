"""Traces: one span a request, below the client's own where it sends a `traceparent`.

A span says which call it was, how it was answered and how long it took; nothing of what was asked.
"""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_NAME = "connector-gateway"
_ERROR = 500


class Traces:
    """Sends spans in the background.

    Args:
        provider: of tracers.
    """

    def __init__(self, provider: "TracerProvider") -> None:
        self._provider = provider
        self._tracer = provider.get_tracer(_NAME)

    @classmethod
    def to(cls, endpoint: str | None) -> "Traces | None":
        """Return traces that go to an OTLP endpoint over HTTP; None without one."""
        if endpoint is None:
            return None
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider = TracerProvider(resource=Resource.create({SERVICE_NAME: _NAME}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
        return cls(provider)

    def answered(self, call: str, status: int, seconds: float, headers: Mapping[str, str]) -> None:
        """Note that a request was answered just now.

        Args:
            call: its name in metrics.
            status: of HTTP.
            seconds: that it took.
            headers: of the request; its trace is read from them.
        """
        from opentelemetry.trace import SpanKind, Status, StatusCode
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        end = time.time_ns()
        span = self._tracer.start_span(
            call,
            TraceContextTextMapPropagator().extract(dict(headers)),
            SpanKind.SERVER,
            {"http.response.status_code": status, "connector.call": call},
            start_time=end - int(seconds * 1e9),
        )
        if status >= _ERROR:
            span.set_status(Status(StatusCode.ERROR))
        span.end(end)

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()
