"""Clients that leave a request unfinished, or an answer unread, keep no place for ever."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from connector.settings import BehaviourSettings, GatewaySettings, OpenSearchSettings, Settings
from query.gateway import connection

PLACES = 2
ENDLESS = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n"
CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """One that answers `GET /endless` without end, and says nothing else."""

    def answer(line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            if line.recv(65_536).startswith(b"GET /endless"):
                line.sendall(ENDLESS)
                while True:
                    line.sendall(CHUNK)
            while line.recv(65_536):
                pass

    def accept(listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = listening.accept()
                threading.Thread(target=answer, args=(line,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=accept, args=(listening,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def url(serve: Any, cluster: str) -> Iterator[str]:
    """The address of a gateway with few places and little patience."""
    settings = Settings(
        opensearch=OpenSearchSettings(url=cluster, timeout_s=0.5),
        gateway=GatewaySettings(concurrent=PLACES, allow="writes"),
        behaviour=BehaviourSettings.model_validate({"key": "sixteen letters, at least"}),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "_UNREAD_S", 0.5)
        with serve(settings) as address:
            yield address


@contextlib.contextmanager
def begun(url: str, request: str) -> Iterator[list[socket.socket]]:
    """Send the same from as many clients as there are places."""
    where = urlsplit(url)
    with contextlib.ExitStack() as opened:
        lines = [
            opened.enter_context(socket.create_connection((where.hostname, where.port), 60))
            for _ in range(PLACES)
        ]
        for line in lines:
            line.sendall(request.encode())
        yield lines


@pytest.mark.parametrize("head", ["POST /shop/_search", "POST /_connector/events", "POST /_bulk"])
def test_a_body_that_is_left_unfinished_keeps_no_place(url: str, head: str) -> None:
    """Who begins requests and ends none gets 408, and the places are free for others again."""
    with begun(url, f"{head} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{{") as lines:
        assert all(line.recv(65_536).startswith(b"HTTP/1.1 408") for line in lines)
        assert httpx.get(f"{url}/_cat/health", timeout=60).status_code == 504


def test_an_answer_that_is_left_unread_keeps_no_place(url: str) -> None:
    """Who reads nothing is cut off, and with it the cluster's connection."""
    with begun(url, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n"):
        deadline = time.monotonic() + 60
        while (answer := httpx.get(f"{url}/_cat/health", timeout=60)).status_code == 429:
            assert time.monotonic() < deadline
    assert answer.status_code == 504
