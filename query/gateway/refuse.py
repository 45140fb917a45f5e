"""What the gateway says no to, in the form of the cluster's own errors."""

from typing import Any

import orjson


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """Raised when a request goes no further; the client reads it as an error of the cluster.

    Attributes:
        status: of HTTP.
        kind: of the error, in the cluster's spelling.
        reason: one line for the client's developer; never anything of the request's own text.
        retry_after_s: whole seconds until the same request may go through; 0 when it never will.
    """

    def __init__(self, status: int, kind: str, reason: str, retry_after_s: int = 0) -> None:
        super().__init__(reason)
        self.status, self.kind, self.reason = status, kind, reason
        self.retry_after_s = retry_after_s

    @property
    def body(self) -> bytes:
        """The error as OpenSearch writes one, JSON."""
        cause: dict[str, Any] = {"type": self.kind, "reason": self.reason}
        return orjson.dumps({"error": {"root_cause": [cause], **cause}, "status": self.status})

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the answer."""
        again = {"retry-after": str(self.retry_after_s)} if self.retry_after_s else {}
        return {"content-type": "application/json; charset=UTF-8", **again}


def forbidden(reason: str) -> Refused:
    """Return the refusal of something that `gateway.allow` keeps from going on."""
    return Refused(403, "security_exception", f"{reason} (refused by the connector's gateway)")


def malformed(reason: str) -> Refused:
    """Return the refusal of a request that cannot be read in one way only."""
    return Refused(400, "illegal_argument_exception", reason)


def too_large(reason: str) -> Refused:
    """Return the refusal of a request beyond a cap."""
    return Refused(400, "too_large_exception", f"{reason}; see the settings gateway.*")


def busy(reason: str, seconds: int = 1) -> Refused:
    """Return the refusal of a request that may go through later."""
    return Refused(429, "rejected_execution_exception", reason, seconds)
