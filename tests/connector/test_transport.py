import contextlib
import json
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import pytest
from opensearchpy import ConnectionError as NoConnectionError
from opensearchpy import ConnectionTimeout, NotFoundError, SSLError, TransportError

from connector.transport import CurlConnection

OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


class Node:
    """A server that says what it is told to, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.connections = 0
        # By the number of the connection and of the request on it; None: hang up, unread.
        self.says: Callable[[int, int], bytes | None] = lambda _connection, _request: OK
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._last: list[bytes] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._open.append(connection)
                self.connections += 1
                number = self.connections
                threading.Thread(target=self._talk, args=(connection, number), daemon=True).start()

    def _talk(self, connection: socket.socket, number: int) -> None:
        asked = 0
        with contextlib.suppress(OSError), connection:
            while request := self._request(connection):
                self.heard.append(request)
                asked += 1
                answer = self.says(number, asked)
                connection.sendall(answer or b"")
                if answer is None or answer in self._last:
                    return

    @staticmethod
    def _request(connection: socket.socket) -> bytes:
        heard = b""
        while b"\r\n\r\n" not in heard:
            if not (piece := connection.recv(65_536)):
                return b""
            heard += piece
        head, _, body = heard.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-len")]
        length = int(lengths[0].partition(b":")[2]) if lengths else 0
        while len(body) < length:
            body += connection.recv(65_536)
        return head + b"\r\n\r\n" + body

    def last_words(self, answer: bytes) -> bytes:
        """Return an answer after which the node hangs up."""
        self._last.append(answer)
        return answer

    def close(self) -> None:
        """Hang up, and listen no more."""
        self._listener.close()
        for connection in self._open:
            connection.close()


@pytest.fixture
def node() -> Iterator[Node]:
    made = Node()
    yield made
    made.close()


@pytest.fixture
def connection(node: Node) -> Iterator[CurlConnection]:
    made = CurlConnection("127.0.0.1", node.port, timeout=30)
    yield made
    made.close()


def head_of(request: bytes) -> tuple[str, dict[str, str]]:
    """Return the first line of a request and its headers."""
    first, *lines = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    return first, {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [
        ("GET", None, None),
        ("GET", b'{"query":{}}', "12"),
        ("POST", b'{"a":1}\n', "8"),
        ("POST", None, "0"),
        ("PUT", None, "0"),
        ("PUT", b"{}", "2"),
        ("DELETE", None, None),
        ("DELETE", b"{}", "2"),
    ],
)
def test_a_request_goes_out_as_it_was_meant(
    node: Node, connection: CurlConnection, method: str, body: bytes | None, length: str | None
) -> None:
    """Method, path, parameters and body, for each method with and without one."""
    found = connection.perform_request(method, "/a%2Fb/_doc/..", {"x": "ü"}, body)
    assert found == (200, {"content-type": "application/json", "content-length": "2"}, "{}")
    first, headers = head_of(node.heard[0])
    assert first == f"{method} /a%2Fb/_doc/..?x=%C3%BC HTTP/1.1"
    assert headers.get("content-length") == length
    assert headers["content-type"] == "application/json"
    assert node.heard[0].endswith(b"\r\n\r\n" + (body or b""))


def test_head_waits_for_no_body(node: Node, connection: CurlConnection) -> None:
    """The length that it tells is that of a body which does not come."""
    node.says = lambda *_: b"HTTP/1.1 200 OK\r\ncontent-length: 512\r\n\r\n"
    status, headers, text = connection.perform_request("HEAD", "/a")
    assert (status, headers, text) == (200, {"content-length": "512"}, "")


def test_a_large_body_is_not_announced_and_a_large_answer_is_whole(
    node: Node, connection: CurlConnection
) -> None:
    """Nobody is asked whether it may come; what comes back is text, whatever its letters."""
    text = json.dumps({"title": "枕头" * 200_000}, ensure_ascii=False)
    head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(text.encode())
    node.says = lambda *_: head + text.encode()
    _, _, answer = connection.perform_request("POST", "/_bulk", body=text.encode())
    assert answer == text
    assert "expect" not in head_of(node.heard[0])[1]
    assert node.heard[0].endswith(text.encode())


def test_connections_are_kept(node: Node, connection: CurlConnection) -> None:
    """One after the other goes over one, and eight threads have no more than eight."""
    for _ in range(5):
        connection.perform_request("GET", "/")
    assert node.connections == 1
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: connection.perform_request("GET", "/"), range(200)))
    assert node.connections <= 8
    assert len(node.heard) == 205


def test_no_more_are_kept_than_was_said(node: Node) -> None:
    """Threads beyond the pool find a connection, which is closed after them."""
    connection = CurlConnection("127.0.0.1", node.port, timeout=30, pool_maxsize=2)
    every = threading.Barrier(6)

    def together(*_: int) -> bytes:
        every.wait()
        return OK

    node.says = together
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: connection.perform_request("GET", "/"), range(6)))
    assert node.connections == 6
    node.says = lambda *_: OK
    for _ in range(3):
        connection.perform_request("GET", "/")
    assert node.connections == 6
    connection.close()
    connection.perform_request("GET", "/")
    assert node.connections == 7


def test_a_kept_connection_that_was_closed_is_made_anew(
    node: Node, connection: CurlConnection
) -> None:
    """A balancer closes what is idle; the next request must not pay for it."""
    node.says = lambda connected, asked: None if (connected, asked) == (1, 2) else OK
    for _ in range(2):
        assert connection.perform_request("POST", "/a/_search?size=1", body=b"{}")[0] == 200
    assert node.connections == 2


@pytest.mark.parametrize("asked", ["POST /_bulk", "PUT /a", "DELETE /a", "POST /a/_update/1"])
def test_what_may_write_is_sent_once(node: Node, connection: CurlConnection, asked: str) -> None:
    """Who hangs up may have done it. A kept connection is no reason to do it again."""
    method, path = asked.split()
    connection.perform_request("GET", "/")
    node.says = lambda *_: None
    with pytest.raises(NoConnectionError):
        connection.perform_request(method, path, body=b"{}")
    assert len(node.heard) == 2


def test_half_an_answer_is_none(node: Node, connection: CurlConnection) -> None:
    """The node hangs up in the middle; nobody asks again."""
    connection.perform_request("POST", "/_search", body=b"{}")
    node.says = lambda *_: node.last_words(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{")
    with pytest.raises(NoConnectionError):
        connection.perform_request("POST", "/_search", body=b"{}")
    assert len(node.heard) == 2


def test_silence_is_a_timeout(node: Node, connection: CurlConnection) -> None:
    """Of the request's own, or of the connection; the next request begins afresh."""
    node.says = lambda connected, _: b"" if connected == 1 else OK
    with pytest.raises(ConnectionTimeout):
        connection.perform_request("GET", "/", timeout=0.2)
    assert connection.perform_request("GET", "/")[0] == 200


def test_what_is_no_answer_is_no_connection(node: Node, connection: CurlConnection) -> None:
    """Something else listens there."""
    node.says = lambda *_: b"SSH-2.0-OpenSSH_9.2\r\n"
    with pytest.raises(NoConnectionError):
        connection.perform_request("GET", "/", timeout=5)


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _answer(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 400 Bad\r\n\r\n")


@pytest.mark.parametrize(
    ("meets", "expected"),
    [
        (_answer, SSLError),
        (lambda connection: connection.recv(65_536), NoConnectionError),
        (lambda _: None, NoConnectionError),
        (_reset, NoConnectionError),
    ],
    ids=["speaks no TLS", "hangs up", "hangs up at once", "resets"],
)
def test_a_node_without_tls_is_told_from_one_that_went_away(
    meets: Callable[[socket.socket], object], expected: type[TransportError]
) -> None:
    """The one will not be better later; the other is starting again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def serve() -> None:
            for _ in range(20):
                connection, _ = listener.accept()
                with connection:
                    meets(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        for _ in range(20):
            connection = CurlConnection("127.0.0.1", port, use_ssl=True, timeout=5)
            with pytest.raises(TransportError) as caught:
                connection.perform_request("GET", "/")
            assert type(caught.value) is expected
        thread.join()


def test_a_busy_node_says_when_to_come_back(node: Node, connection: CurlConnection) -> None:
    """The error of a status has it, in seconds; what the caller ignores is an answer."""
    node.says = lambda *_: (
        b"HTTP/1.1 429 Busy\r\nretry-after: 7\r\ncontent-type: application/json\r\n"
        b'content-length: 30\r\n\r\n{"error":{"type":"rejected"}}\n'
    )
    with pytest.raises(TransportError) as caught:
        connection.perform_request("GET", "/")
    assert (caught.value.status_code, caught.value.error) == (429, "rejected")
    assert caught.value.retry_after_s == 7.0  # type: ignore[attr-defined]
    assert connection.perform_request("GET", "/", ignore=(429,))[0] == 429
    node.says = lambda *_: b"HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n"
    with pytest.raises(NotFoundError):
        connection.perform_request("GET", "/")


def test_headers_are_those_of_the_answer(node: Node, connection: CurlConnection) -> None:
    """Not of one that says to go on; one that comes twice has both values."""
    node.says = lambda *_: (
        b"HTTP/1.1 100 Continue\r\nx-not: this\r\n\r\n"
        b'HTTP/1.1 200 OK\r\nWarning: 299 "one"\r\nwarning: 299 "two"\r\ncontent-length: 0\r\n\r\n'
    )
    _, headers, _ = connection.perform_request("GET", "/")
    assert headers == {"warning": '299 "one", 299 "two"', "content-length": "0"}


def test_a_clients_headers_go_along(node: Node, connection: CurlConnection) -> None:
    """In place of the connection's own, also without a value, and never more than one a line."""
    sent = {"x-opaque-id": "", "content-type": "application/x-ndjson", "x-name": "Zoë"}
    connection.perform_request("GET", "/", headers=sent)
    _, headers = head_of(node.heard[0])
    assert sent.items() <= headers.items()
    for broken in ("a\r\nx-other: b", "a\nb"):
        with pytest.raises(ValueError, match="line break"):
            connection.perform_request("GET", "/", headers={"x-name": broken})
    assert len(node.heard) == 1


@pytest.mark.parametrize("credentials", [("user", "pä:ß"), "user:pä:ß"])
def test_credentials_are_those_that_were_given(
    node: Node, credentials: tuple[str, str] | str
) -> None:
    """As a pair, or as they stand in an address."""
    connection = CurlConnection("127.0.0.1", node.port, http_auth=credentials)
    connection.perform_request("GET", "/")
    assert head_of(node.heard[0])[1]["authorization"] == "Basic dXNlcjpww6Q6w58="


def test_the_environment_says_nothing_of_where_the_cluster_is(
    node: Node, connection: CurlConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy for the web is none for the cluster."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert connection.perform_request("GET", "/")[0] == 200
    assert len(node.heard) == 1


@pytest.mark.parametrize("ending", [KeyboardInterrupt, SystemExit])
def test_a_signal_ends_what_a_silent_node_holds_up(
    node: Node, connection: CurlConnection, ending: type[BaseException]
) -> None:
    """Neither Ctrl-C nor SIGTERM waits for a timeout."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise ending

    def silent(*_: int) -> bytes:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        return b""

    node.says = silent
    before = signal.signal(signal.SIGALRM, stop)
    try:
        with pytest.raises(ending):
            connection.perform_request("GET", "/", timeout=500)
    finally:
        signal.signal(signal.SIGALRM, before)
    node.says = lambda *_: OK
    assert connection.perform_request("GET", "/")[0] == 200
