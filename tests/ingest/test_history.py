import threading
from typing import Any

import pytest

from connector.errors import ClusterUnavailableError
from connector.settings import Settings
from ingest import beside, history


class Silent:
    """A cluster that does not answer before it is let go."""

    def __init__(self) -> None:
        self.asked, self.free = threading.Event(), threading.Event()
        self.indices = self

    def exists(self, **_: Any) -> bool:
        """Wait, and fail."""
        self.asked.set()
        assert self.free.wait(240)
        raise ClusterUnavailableError("let go")


class Idle:
    """A worker that has done nothing."""

    index = "shop-v1"
    tally: Any = {}  # noqa: RUF012 - nobody writes to it

    @property
    def catalogue(self) -> Any:
        """The target's."""
        return type("Catalogue", (), {"name": "shop"})

    def status(self) -> Any:
        """Have no partitions."""
        return type("Status", (), {"partitions": {}})


def test_a_silent_cluster_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last figures are given up: a worker that is asked to stop has 20 s for all of it."""
    monkeypatch.setattr(beside, "LAST_S", 0.01)
    client, idle = Silent(), Idle()
    settings: Any = Settings(ingest={"history_s": 1000})
    metrics: Any = type("Metrics", (), {"registry": _Empty()})
    with history.keeping(settings, client, idle, idle, metrics):  # type: ignore[arg-type]  # stand-ins
        assert not client.asked.is_set()
    assert client.asked.wait(240)
    client.free.set()
    for thread in threading.enumerate():
        if thread.name == "history":
            thread.join(240)


class _Empty:
    def get_sample_value(self, _: str) -> None:
        """Know of none."""
