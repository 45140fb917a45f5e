"""What the gateway tells Prometheus: names, units and labels stand here and nowhere else."""

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)


class Metrics:
    """The counts of one gateway.

    Attributes:
        registry: where they are kept.
        requests: answered, by call and status.
        seconds: until an answer began, by call.
    """

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "connector_gateway_requests",
            "Requests answered.",
            ("call", "status"),
            registry=registry,
        )
        self.seconds = Histogram(
            "connector_gateway_seconds",
            "From a request until its answer began.",
            ("call",),
            buckets=_SECONDS,
            registry=registry,
        )
