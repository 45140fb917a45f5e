"""A gateway in a thread of the tests' own process, whose parts can be made to fail."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from connector.settings import Settings
from query.gateway.app import build


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Serve the gateway as the command does; yield its address, at which it listens already."""
    own = uvicorn.Config(
        build(settings), http="h11", log_level="error", server_header=False, date_header=False
    )
    server = uvicorn.Server(own)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
