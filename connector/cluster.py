"""OpenSearch: one client, and its faults in the connector's own words."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from opensearchpy import (
    ConnectionError as TransportConnectionError,
)
from opensearchpy import (
    JSONSerializer,
    NotFoundError,
    OpenSearch,
    SerializationError,
    SSLError,
    TransportError,
)

from connector.authority import authority
from connector.errors import (
    ClusterRefusedError,
    ClusterUnavailableError,
    ConnectorError,
    IndexMissingError,
)
from connector.settings import OpenSearchSettings
from connector.transport import CurlConnection

# What to do about a failed handshake, by what libcurl and OpenSSL say of it; else it is the authority.
_TLS = {
    "has expired": "renew the node's certificate",
    "not yet valid": "set this machine's clock, or wait until the node's certificate is valid",
    "subject name matches": "write a name into opensearch.url that the node's certificate has, or "
    "have one signed for this name",
    "wrong version number": "write http:// into opensearch.url, if the node speaks no TLS",
}
_AUTHORITY = "set opensearch.ca_file to the authority that signed its certificate"
_BLOCK = (
    "free disk space where it ran short, and the cluster lifts the block itself; else lift it "
    "(cluster.blocks.* and index.blocks.*)"
)
# Answers after which the same request may succeed later.
OVERLOADED = frozenset({429, 502, 503, 504})


def connect(settings: OpenSearchSettings, pool: int = 10) -> OpenSearch:
    """Make a client. Nothing is sent yet, and the client retries nothing by itself.

    Args:
        settings: address, credentials and certificate authority.
        pool: connections kept open; one per thread that will use the client.

    Raises:
        SettingsError: the authority's file holds no certificates.
    """
    # What fails is raised, and said in one line; the client would print its own traceback too.
    if not logging.getLogger("connector").isEnabledFor(logging.DEBUG):
        logging.getLogger("opensearch").setLevel(logging.CRITICAL)
    credentials = (
        (settings.username, settings.password.get_secret_value())
        if settings.username and settings.password
        else None
    )
    return OpenSearch(
        settings.url,
        http_auth=credentials,
        ca_certs=authority(settings.ca_file, "opensearch.ca_file") if settings.ca_file else None,
        verify_certs=settings.verify,
        ssl_show_warn=False,
        timeout=settings.timeout_s,
        max_retries=0,
        pool_maxsize=pool,
        http_compress=False,
        serializer=_Json(),
        connection_class=CurlConnection,
    )


def retry_after_s(error: TransportError) -> float:
    """Return how long the cluster asked to be left alone, seconds; 0 where it did not say."""
    asked: float = getattr(error, "retry_after_s", 0.0)
    return asked


class _Json(JSONSerializer):
    """The client's JSON by orjson: an answer of 200 candidates is read in a tenth of the time."""

    def loads(self, s: str) -> Any:
        try:
            return orjson.loads(s)
        except orjson.JSONDecodeError as error:
            raise SerializationError(s, error) from error

    def dumps(self, data: Any) -> Any:
        if isinstance(data, str | bytes):
            return data
        try:
            return orjson.dumps(data, default=self.default).decode()
        except TypeError as error:
            raise SerializationError(data, error) from error


@contextmanager
def faults(doing: str, url: str = "") -> Iterator[None]:
    """Turn the client's exceptions into the connector's, naming what was being done.

    Args:
        doing: what was asked of the cluster, as in "reading the index 'shop'".
        url: the cluster's address, for the message.

    Raises:
        ClusterUnavailableError: no connection, a timeout, or 429/502/503/504.
        IndexMissingError: 404.
        ClusterRefusedError: every other answer.
    """
    try:
        yield
    except TransportError as error:
        raise translate(error, doing, url) from error


def translate(error: TransportError, doing: str, url: str = "") -> ConnectorError:
    """Return the connector's error for a client exception; see `faults`."""
    where = f" at {url}" if url else ""
    if isinstance(error, SSLError):
        said = _short(error.info)
        remedy = next((what for words, what in _TLS.items() if words in said), _AUTHORITY)
        return ClusterRefusedError(
            f"TLS with OpenSearch{where} failed while {doing}: {said}; {remedy}"
        )
    if isinstance(error, TransportConnectionError):
        return ClusterUnavailableError(
            f"OpenSearch{where} did not answer while {doing} ({_short(error.info)}); "
            "check opensearch.url and that it runs (`connector local status`)"
        )
    if error.status_code in OVERLOADED:
        return ClusterUnavailableError(
            f"OpenSearch{where} is overloaded ({error.status_code} while {doing}); try again later",
            retry_after_s(error),
            str(error.status_code),
        )
    if isinstance(error, NotFoundError):
        return IndexMissingError(
            f"{doing} found nothing: {reason(error)}; "
            "create it with `connector mappings apply`, or check the name"
        )
    hint = {401: "; check the credentials", 403: "; check the user's role"}
    if error.error == "cluster_block_exception":
        hint[403] = f" {_BLOCK}"  # whose reason ends in a semicolon
    return ClusterRefusedError(
        f"OpenSearch{where} refused {doing} ({error.status_code}): "
        f"{reason(error)}{hint.get(int(error.status_code), '')}"
    )


def reason(error: TransportError) -> str:
    """Return the cluster's own words for what was wrong, deepest cause first, in one line."""
    info: Any = error.info
    cause = info.get("error", info) if isinstance(info, dict) else info
    if isinstance(cause, dict):
        roots = cause.get("root_cause") or [cause]
        while isinstance(cause.get("caused_by"), dict):
            cause = cause["caused_by"]
        words = cause.get("reason") or roots[0].get("reason") or error.error
        return _short(words)
    return _short(cause or error.error)


def _short(words: object, limit: int = 300) -> str:
    line = " ".join(str(words).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
