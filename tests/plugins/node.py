"""An OpenSearch node of a test's own, for what a shared one must not be asked: other settings."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from connector.local import places
from connector.local.access import Access
from connector.local.opensearch import prepare
from connector.local.server import free_port
from connector.local.supervisor import START_TIMEOUT_S, _spawn
from connector.local.versions import Release


@contextlib.contextmanager
def node(
    home: Path, *settings: str, release: Release = "3.6", secure: bool = False
) -> Iterator[Access]:
    """Run a node with further lines in its `opensearch.yml` for as long as the block lasts."""
    server, access = prepare(places.make(home), release, secure, free_port(), "512m")
    folder = home / f"opensearch-{release}{'-secure' if secure else ''}"
    file = folder / "config" / "opensearch.yml"
    places.write(file, file.read_text("utf-8") + "\n".join(settings) + "\n")
    places.give(folder)
    process = _spawn(server)
    try:
        until = time.monotonic() + START_TIMEOUT_S
        while not server.healthy():
            assert process.poll() is None, server.log.read_text("utf-8")[-2000:]
            assert time.monotonic() < until, "the node does not answer"
            time.sleep(0.5)
        yield access
    finally:
        process.terminate()
        process.wait(60)
