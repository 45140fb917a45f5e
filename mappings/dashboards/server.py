"""Handing saved objects to OpenSearch Dashboards, or Kibana, over its own API."""

import json
from dataclasses import dataclass, field
from typing import Any

import urllib3

from connector.errors import ClusterRefusedError, ClusterUnavailableError
from connector.settings import DashboardsSettings

Json = dict[str, Any]

_OK, _REFUSED, _BROKEN = 200, (401, 403), 500
_STARTING = frozenset({429, 502, 503, 504})
_TIMEOUT_S = 30.0


@dataclass
class Server:
    """A Dashboards that answers at `settings.url`. Every call raises as `import_`."""

    settings: DashboardsSettings
    _pool: urllib3.PoolManager = field(init=False)

    def __post_init__(self) -> None:
        own = self.settings
        self._pool = urllib3.PoolManager(
            cert_reqs="CERT_REQUIRED" if own.verify else "CERT_NONE",
            ca_certs=str(own.ca_file) if own.ca_file else None,
            timeout=_TIMEOUT_S,
            retries=False,
        )

    def version(self) -> str:
        """Return its version."""
        status = self._ask("GET", "/api/status", "asking for its state")
        number: str = status.get("version", {}).get("number", "unknown")
        return number

    def import_(self, ndjson: str) -> int:
        """Import a file of saved objects; what has the same ids is replaced. Return how many.

        Raises:
            ClusterUnavailableError: it cannot be reached, or is still starting.
            ClusterRefusedError: it wants other credentials, or does not take an object.
        """
        given = {"file": ("connector.ndjson", ndjson.encode(), "application/ndjson")}
        path = "/api/saved_objects/_import?overwrite=true"
        answer = self._ask("POST", path, "importing", fields=given)
        if not answer.get("success"):
            raise ClusterRefusedError(
                f"Dashboards at {self.settings.url} did not take every object: "
                f"{'; '.join(map(_fault, answer.get('errors', ()))) or 'no reason given'}"
            )
        return int(answer["successCount"])

    def _ask(self, method: str, path: str, doing: str, **more: Any) -> Json:
        url = self.settings.url.rstrip("/")
        try:
            answer = self._pool.request(method, url + path, headers=self._headers(), **more)
        except urllib3.exceptions.SSLError as error:
            raise ClusterRefusedError(
                f"TLS with Dashboards at {url} failed ({error}); set dashboards.ca_file to the "
                "authority that signed its certificate"
            ) from error
        except urllib3.exceptions.HTTPError as error:
            raise ClusterUnavailableError(
                f"Dashboards at {url} did not answer while {doing} ({type(error).__name__}); check "
                "dashboards.url and that it runs"
            ) from error
        return self._read(answer, doing)

    def _headers(self) -> dict[str, str]:
        own = self.settings
        # One name each for Dashboards and Kibana: neither takes a POST without its own.
        headers = {"osd-xsrf": "true", "kbn-xsrf": "true"}
        if own.username and own.password:
            secret = own.password.get_secret_value()
            headers |= urllib3.make_headers(basic_auth=f"{own.username}:{secret}")
        if own.tenant:
            headers["securitytenant"] = own.tenant
        return headers

    def _read(self, answer: urllib3.BaseHTTPResponse, doing: str) -> Json:
        where = f"Dashboards at {self.settings.url}"
        if answer.status in _STARTING:
            raise ClusterUnavailableError(
                f"{where} is not ready ({answer.status} while {doing}); try again when it has "
                "started"
            )
        if answer.status in _REFUSED:
            raise ClusterRefusedError(
                f"{where} refused {doing} ({answer.status}); check dashboards.username, "
                "dashboards.password, dashboards.tenant and the user's role"
            )
        try:
            body = json.loads(answer.data)
        except ValueError:
            body = None
        if answer.status != _OK or not isinstance(body, dict):
            said = body.get("message", "") if isinstance(body, dict) else "no JSON"
            raise ClusterRefusedError(
                f"{where} refused {doing} ({answer.status}): {said}; check that dashboards.url is "
                "its address, a base path included"
            )
        return body


def _fault(error: Json) -> str:
    """Return one object's fault as a clause."""
    why = error.get("error", {})
    missing = ", ".join(f"{each['type']} {each['id']}" for each in why.get("references", ()))
    said = f" ({missing})" if missing else f" ({why['message']})" if "message" in why else ""
    return f"{error.get('type')} {error.get('id')}: {why.get('type', 'unknown')}{said}"
