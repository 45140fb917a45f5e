"""OpenSearch goes away in the middle: a real cluster behind a door that can be shut."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from plugins.ingest_shop import Shop

from connector.errors import ClusterUnavailableError
from connector.settings import Settings

pytestmark = pytest.mark.server


class Door:
    """Forwards bytes to the cluster while it is open; shut, it hangs up on everybody.

    It shuts by itself after `shut_after` bytes on the way in.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._behind = (parts.hostname, parts.port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"{parts.scheme}://127.0.0.1:{self._listening.getsockname()[1]}"
        self._open = True
        self._pairs: list[socket.socket] = []
        self.passed, self.was_shut = 0, threading.Event()
        self.shut_after: int | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    def open(self) -> None:
        """Let everybody through."""
        self._open, self.shut_after = True, None

    def shut(self) -> None:
        """Hang up, and let nobody in."""
        self._open = False
        for each in self._pairs:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()
        self.was_shut.set()

    def close(self) -> None:
        """Take the door away."""
        self.shut()
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._listening.accept()
                if not self._open:
                    caller.close()
                    continue
                cluster = socket.create_connection(self._behind)
                self._pairs += [caller, cluster]
                # Shut in the meantime, and nobody saw this pair.
                if not self._open:
                    self.shut()
                for pair in ((caller, cluster, True), (cluster, caller, False)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, asking: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if asking:
                    self.passed += len(data)
                    if self.shut_after is not None and self.passed > self.shut_after:
                        self.shut()
                        break
                target.sendall(data)
        for each in (source, target):
            each.close()


@pytest.fixture
def door(shop: Shop, writer: Settings) -> Iterator[Door]:
    """The way to the cluster; the shop goes through it."""
    door = Door(writer.opensearch.url)
    shop.settings = writer.model_copy(
        update={
            "opensearch": writer.opensearch.model_copy(update={"url": door.url}),
            "ingest": writer.ingest.model_copy(
                update={"batch_records": 10, "retries": 2, "backoff_s": 0.05}
            ),
        }
    )
    yield door
    door.close()


def fill(shop: Shop) -> None:
    shop.send(*((str(n), {"id": n, "v": 1, "title": f"shoe {n}"}) for n in range(50)))


def test_an_outage_that_lasts_ends_the_run_and_loses_nothing(shop: Shop, door: Door) -> None:
    """The worker gives up for now; what is committed is written, the rest comes next time."""
    fill(shop)
    door.shut_after = 60_000
    with pytest.raises(ClusterUnavailableError):
        shop.ingest()
    assert (shop.committed() or 0) <= len(shop.documents()) < 50
    assert shop.letters() == []
    door.open()
    shop.ingest()
    assert len(shop.documents()) == 50
    assert shop.committed() == 50


def test_a_short_outage_is_waited_out(shop: Shop, door: Door) -> None:
    """Only a pause is seen of it: same run, every product written."""
    fill(shop)
    door.shut_after = 60_000
    retries = shop.settings.ingest.model_copy(update={"retries": 50})
    shop.settings = shop.settings.model_copy(update={"ingest": retries})

    def mend() -> None:
        assert door.was_shut.wait(240)
        threading.Event().wait(1)
        door.open()

    with ThreadPoolExecutor(1) as helper:
        mending = helper.submit(mend)
        summary = shop.ingest()
        mending.result()
    # A bulk that was carried out while its answer was cut off is stale when it is sent again.
    assert (summary["embedded"] + summary["stale"], summary["dead_letters"]) == (50, 0)
    assert len(shop.documents()) == 50
