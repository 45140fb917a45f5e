"""Requests to OpenSearch by libcurl, in place of the connection that comes with its client.

A request leaves Python once and comes back once. A client written in Python takes the interpreter's
lock again after each of half a dozen system calls, and beside busy threads waits for it each time:
searches of eight threads take a fifth longer (docs/performance.md).
"""

import threading
import time
from base64 import b64encode
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pycurl
from opensearchpy import Connection, ConnectionTimeout, SSLError, TransportError
from opensearchpy import ConnectionError as NoConnectionError

_OK = range(200, 300)
# What a connection that is made anew would not mend.
_TLS = frozenset(
    {
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CACERT_BADFILE,
        pycurl.E_SSL_CERTPROBLEM,
        pycurl.E_SSL_CIPHER,
        pycurl.E_SSL_ISSUER_ERROR,
    }
)
# A handshake fails by what OpenSSL says of the other side, or because it went away, as a node does
# that starts again.
_SAID, _WENT_AWAY = "SSL routines", "unexpected eof"
# The last part of paths to which a POST writes nothing.
_READING = frozenset(
    {"_analyze", "_count", "_field_caps", "_mget", "_msearch", "_mtermvectors", "_search"}
)
# Bytes taken off the socket at once: the candidates of a search are 100,000.
_BUFFER = 1 << 18


class CurlConnection(Connection):
    """One node's connections, each kept open for the next request. Threads may share it.

    A request on a kept connection that turns out to be closed is sent once more on a new one, as
    libcurl does, if no byte of an answer has come. What may write must not: the node may have
    done it, and a second time may mean something else. So it has a new connection each time.

    Args:
        host, port, use_ssl: of the node.
        http_auth: name and password, as a pair or with a colon between them; None for neither.
        verify_certs: whether the node must prove its name.
        ca_certs: PEM file of the authorities that may vouch for it; None: those that come with
            the client.
        pool_maxsize: connections that are kept open.
        **more: of every connection of the client, see `opensearchpy.Connection`. `timeout` is in
            seconds, for a whole request.
    """

    def __init__(  # noqa: PLR0913 - what the client makes its connections with
        self,
        host: str = "localhost",
        port: int | None = None,
        *,
        http_auth: tuple[str, str] | str | None = None,
        use_ssl: bool = False,
        verify_certs: bool = True,
        ca_certs: str | None = None,
        pool_maxsize: int = 10,
        **more: Any,
    ) -> None:
        super().__init__(host=host, port=port, use_ssl=use_ssl, **more)
        if http_auth:
            both = http_auth if isinstance(http_auth, str) else ":".join(http_auth)
            self.headers["authorization"] = f"Basic {b64encode(both.encode()).decode()}"
        self._options = {
            **_ALWAYS,
            **(_tls(verify_certs, ca_certs or self.default_ca_certs()) if self.use_ssl else {}),
        }
        self._kept: deque[pycurl.Curl] = deque(maxlen=pool_maxsize)

    def perform_request(  # noqa: PLR0913, PLR0917 - the client's
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        timeout: float | None = None,
        ignore: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, dict[str, str], str]:
        """Send a request and read its answer.

        Returns:
            Status, headers by their names in lower case, and body.

        Raises:
            ConnectionTimeout: no whole answer came within the timeout.
            SSLError: the node did not prove its name, or speaks no TLS.
            ConnectionError: no answer for any other reason.
            TransportError: a status that is no success and not in `ignore`, by its class; in its
                `retry_after_s` when the node wants to be asked again.
            ValueError: a header has a line break in it.
        """
        path = f"{self.url_prefix}{url}{'?' if params else ''}{urlencode(params or {})}"
        address = self.host + path
        sent = {**self.headers, **(headers or {})}
        begin = time.time()
        try:
            status, answered, text = self._sent(method, address, body, sent, timeout)
        except pycurl.error as error:
            fault = _fault(error)
            took_s = time.time() - begin
            self.log_request_fail(method, address, path, body, took_s, exception=fault)
            raise fault from error
        took_s = time.time() - begin
        if status not in _OK and status not in ignore:
            self.log_request_fail(method, address, path, body, took_s, status, text)
            try:
                self._raise_error(status, text, answered.get("content-type"))
            except TransportError as error:
                asked = _seconds(answered.get("retry-after", ""))
                error.retry_after_s = asked  # type: ignore[attr-defined]  # the client's class has no place for it
                raise
        self.log_request_success(method, address, path, body, status, text, took_s)
        return status, answered, text

    def _sent(
        self,
        method: str,
        address: str,
        body: bytes | None,
        headers: Mapping[str, str],
        timeout: float | None,
    ) -> tuple[int, dict[str, str], str]:
        lines: list[bytes] = []
        answer = BytesIO()
        options = {
            **self._options,
            pycurl.URL: address.encode(),
            pycurl.CUSTOMREQUEST: method,
            pycurl.HTTPHEADER: _lines(headers),
            pycurl.TIMEOUT_MS: max(1, int(1000 * (timeout or self.timeout))),
            pycurl.HEADERFUNCTION: lines.append,
            pycurl.WRITEDATA: answer,
            pycurl.FRESH_CONNECT: int(not _reads(method, address)),
            **_bodied(method, body),
        }
        if threading.current_thread() is threading.main_thread():
            # Signals are heard in Python alone: it is called a few times a second.
            options |= {pycurl.NOPROGRESS: 0, pycurl.XFERINFOFUNCTION: _listen}
        curl = self._taken()
        try:
            for option, value in options.items():
                curl.setopt(option, value)
            curl.perform()
            status = curl.getinfo(pycurl.RESPONSE_CODE)
        finally:
            # Its connection stays with it, nothing else does.
            curl.reset()
            self._kept.append(curl)
        return status, _headers(lines), answer.getvalue().decode("utf-8", "surrogatepass")

    def _taken(self) -> pycurl.Curl:
        try:
            return self._kept.pop()
        except IndexError:
            return pycurl.Curl()

    def close(self) -> None:
        """Close what is kept open."""
        while self._kept:
            self._kept.pop().close()


_ALWAYS: dict[int, Any] = {
    # Timeouts without signals, which a thread cannot have.
    pycurl.NOSIGNAL: 1,
    pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
    # Where the cluster is, the settings say, and nothing in the environment.
    pycurl.PROXY: "",
    # An id may be `..`.
    pycurl.PATH_AS_IS: 1,
    pycurl.MAXCONNECTS: 1,
    pycurl.BUFFERSIZE: _BUFFER,
}


def _tls(verify: bool, authorities: str | None) -> dict[int, Any]:
    return {
        pycurl.SSLVERSION: pycurl.SSLVERSION_TLSv1_2,
        pycurl.SSL_VERIFYPEER: int(verify),
        pycurl.SSL_VERIFYHOST: 2 if verify else 0,
        **({pycurl.CAINFO: authorities} if authorities else {}),
    }


def _reads(method: str, address: str) -> bool:
    """Whether a request may be sent twice."""
    last = address.partition("?")[0].rpartition("/")[2]
    return method in {"GET", "HEAD"} or (method == "POST" and last in _READING)


def _bodied(method: str, body: bytes | None) -> dict[int, Any]:
    """Return what a method wants beside its name: HEAD has no answer, POST and PUT have a length."""
    if method == "HEAD":
        return {pycurl.NOBODY: 1}
    if body is None and method not in {"POST", "PUT"}:
        return {}
    return {pycurl.POSTFIELDS: body or b""}


def _lines(headers: Mapping[str, str]) -> list[bytes]:
    """Return headers as libcurl takes them: one without a value is said with a semicolon."""
    lines = [
        (f"{name}: {value}" if value else f"{name};").encode("latin-1")
        for name, value in headers.items()
    ]
    if any(b"\r" in line or b"\n" in line for line in lines):
        raise ValueError("a header has a line break in it")
    # Of a large body libcurl would ask first whether it may come.
    return [*lines, b"Expect:"]


def _headers(lines: Iterable[bytes]) -> dict[str, str]:
    """Read the headers of the last answer: one that says to go on may stand before it."""
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        if name.startswith("HTTP/"):
            found = {}
        elif colon:
            key = name.lower()
            found[key] = f"{found[key]}, {value.strip()}" if key in found else value.strip()
    return found


def _listen(*_: int) -> None:
    """Let a signal's handler run: of what it raises, KeyboardInterrupt and SystemExit go on."""


def _fault(error: pycurl.error) -> TransportError:
    code, words = error.args
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return ConnectionTimeout("TIMEOUT", words, error)
    refused = code == pycurl.E_SSL_CONNECT_ERROR and _SAID in words and _WENT_AWAY not in words
    if refused or code in _TLS:
        return SSLError("N/A", words, error)
    return NoConnectionError("N/A", words, error)


def _seconds(header: str) -> float:
    """Read a Retry-After header, seconds or a date (RFC 9110, 10.2.3); 0 for anything else."""
    if header.isascii() and header.isdigit():
        return float(header[:9])
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return 0.0
