"""A gateway in a thread of the tests' own process, whose parts can be made to fail."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from connector.settings import Settings
from query.gateway.app import build
from query.gateway.serve import configured


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Serve the gateway as the command does; yield its address, at which it listens already."""
    own = configured(settings, "127.0.0.1", 0, verbose=False)
    own.app, own.factory, own.log_level = build(settings), False, "error"
    server = uvicorn.Server(own)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            scheme = "https" if own.ssl_certfile else "http"
            yield f"{scheme}://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
