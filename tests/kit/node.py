"""An OpenSearch node of a trial's own, which may be killed and started again under the workers."""

import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from connector.local import opensearch, places, supervisor
from connector.local.access import Access
from connector.local.server import Server, free_port
from connector.local.versions import Release
from connector.settings import Settings

_READY_S = 180.0


class Node:
    """One running node; see `node`.

    Attributes:
        access: how to reach it; the same after a restart.
    """

    def __init__(self, server: Server, access: Access) -> None:
        self.access = access
        self._server = server
        self._start()

    def restart(self) -> None:
        """Kill it and start it on the same data; return when it is healthy again."""
        self.kill()
        self._start()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait()

    def serve(self, settings: Settings) -> Settings:
        """Return settings that name this node as the cluster."""
        cluster = settings.opensearch.model_copy(update={"url": self.access.url})
        return settings.model_copy(update={"opensearch": cluster})

    def _start(self) -> None:
        self._process = supervisor._spawn(self._server)
        ready = time.monotonic() + _READY_S
        while not self._server.healthy():
            assert self._process.poll() is None, f"the node ended; see {self._server.log}"
            assert time.monotonic() < ready, f"the node is not healthy; see {self._server.log}"
            time.sleep(0.2)


@contextmanager
def node(*settings: str, release: Release = "3.6", secure: bool = False) -> Iterator[Node]:
    """Start a node with further lines in its settings; remove it with its data afterwards."""
    # Not in a folder of the tests: where root runs them, nobody else may enter those.
    home = places.default_home().with_name(f"{places.NAME}-node-{uuid.uuid4().hex[:8]}")
    places.make(home)
    server, access = opensearch.prepare(home, release, secure, free_port(), "512m")
    [file] = home.glob("*/config/opensearch.yml")
    places.write(file, file.read_text("utf-8") + "\n".join([*settings, ""]))
    places.give(file)
    opened = Node(server, access)
    try:
        yield opened
    finally:
        opened.kill()
        shutil.rmtree(home, ignore_errors=True)
