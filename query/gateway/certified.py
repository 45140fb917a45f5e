"""Who a client is by the certificate that it shows: told to the cluster as a trusted proxy tells it.

https://docs.opensearch.org/latest/security/authentication-backends/proxy/
"""

from collections.abc import Mapping
from typing import Any

from starlette.types import Scope

Headers = list[tuple[bytes, bytes]]

# Of a connection's state: the name that its certificate bears.
STATE = "certified"
USER, ADDRESS = b"x-proxy-user", b"x-forwarded-for"
# What a cluster believes a proxy is not a client's to say.
_PROXYS = frozenset([USER, b"x-proxy-roles", ADDRESS])


def name_of(certificate: Mapping[str, Any] | None) -> str:
    """Return the common name of a certificate that was verified; empty where there is not just one.

    Args:
        certificate: as `ssl.SSLSocket.getpeercert` returns it; None without one.
    """
    subject = (certificate or {}).get("subject", ())
    names = [str(value) for part in subject for kind, value in part if kind == "commonName"]
    return names[0] if len(names) == 1 and names[0].isprintable() else ""


def headers_of(scope: Scope) -> Headers:
    """Return a request's headers without what only a proxy may say, and with what the gateway says."""
    headers: Headers = [one for one in scope["headers"] if one[0] not in _PROXYS]
    name = scope.get("state", {}).get(STATE)
    if not name:
        return headers
    address = scope["client"][0] if scope["client"] else ""
    return [*headers, (USER, name.encode()), (ADDRESS, address.encode())]
