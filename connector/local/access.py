"""How to reach a node of ours, and calls to it as its administrator."""

import http.client
import json
import ssl
import urllib.request
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Access:
    """How to reach a node; the last three only where it is secured."""

    url: str
    username: str | None = None
    password: str | None = None
    ca_file: Path | None = None

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Send one REST call, past any proxy: the node is on this machine.

        Raises:
            OSError: no connection, or any status of 400 and above (urllib's HTTPError is one).
        """
        request = urllib.request.Request(self.url + path, method=method)  # noqa: S310 - our own URL
        if self.username:
            credentials = b64encode(f"{self.username}:{self.password}".encode()).decode()
            request.add_header("Authorization", f"Basic {credentials}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        context = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else None
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        with opener.open(request, timeout=30) as answer:
            decoded: dict[str, Any] = json.loads(answer.read() or b"{}")
            return decoded

    def is_healthy(self) -> bool:
        """Whether the node answers and all its primary shards are there."""
        try:
            health = self.call("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s")
        except (OSError, http.client.HTTPException, ValueError):
            return False
        return health.get("status") in ("yellow", "green")
