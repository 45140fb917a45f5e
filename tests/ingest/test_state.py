"""What is read before a batch is planned, and what is done where it cannot be."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from plugins.fake_cluster import FakeCluster, Reply, documents, fake_cluster, refusal
from plugins.ingest_shop import describe

from connector import cluster
from connector.errors import ClusterRefusedError, ClusterUnavailableError
from connector.settings import OpenSearchSettings
from ingest.plan import Stored
from ingest.state import StateReader
from ingest.target import Target
from ingest.write.patience import Patience
from mappings.contract import contract_of

BROKEN = refusal(500, "illegal_state_exception", "in the way")
BUSY = refusal(429, "circuit_breaking_exception", retry_after="7")
READ = Stored({"product": 1}, "h", "m")
UNREAD = Stored(unread=True)


class Asked:
    """A reader of a fake cluster, with what it was told and how long it paused."""

    def __init__(self, fake: FakeCluster, model: Path) -> None:
        self.fake, self._model = fake, model
        self.told: list[str] = []
        self.slept: list[float] = []

    def read(self, ids: str, *replies: Reply, stopped: bool = False) -> dict[str, Stored]:
        """Read products, a letter each."""
        self.fake.replies = list(replies)
        catalogue = describe("i", "t", str(self._model))
        patience = Patience(1, 1.0, 8.0, lambda s: self.slept.append(s) or stopped, lambda: 0.0)
        with closing(cluster.connect(OpenSearchSettings(url=self.fake.url))) as client:
            target = Target(client, "i-v1", catalogue, contract_of(catalogue))
            return StateReader(target, patience, self.told.append)(list(ids))

    @property
    def requests(self) -> list[str]:
        """The products that each request was about."""
        return ["".join(ids) for ids in self.fake.requests]


@pytest.fixture
def asked(tiny_model: Path) -> Iterator[Asked]:
    with fake_cluster() as running:
        yield Asked(running, tiny_model)


def test_what_is_there_is_read_at_once(asked: Asked) -> None:
    """Nobody is asked about nothing."""
    assert asked.read("ab", documents("a", "b")) == {"a": READ, "b": READ}
    assert asked.read("") == {}
    assert asked.requests == ["ab"]


def test_a_busy_cluster_is_asked_again_as_a_whole(asked: Asked) -> None:
    """After the pause it asked for; each time is told by its reason."""
    assert asked.read("ab", BUSY, documents("a", "b")).keys() == {"a", "b"}
    assert (asked.requests, asked.slept) == (["ab", "ab"], [7.0])
    assert asked.told == ["429 circuit_breaking_exception"]
    with pytest.raises(ClusterUnavailableError, match="circuit_breaking_exception"):
        asked.read("a", BUSY)


def test_a_document_that_the_cluster_always_fails_on_holds_nobody_up(asked: Asked) -> None:
    """Halves are asked for again; what fails alone, beside as many that do not, stays unread."""
    replies = [BROKEN, documents("a", "b"), BROKEN, BROKEN, documents("d"), BROKEN, BROKEN]
    found = asked.read("abcd", *replies)
    assert asked.requests == ["abcd", "ab", "cd", "c", "d", "c", "c"]
    assert found == {"a": READ, "b": READ, "c": UNREAD, "d": READ}
    assert set(asked.told) == {"500 illegal_state_exception"}


@pytest.mark.parametrize(
    ("replies", "stopped"),
    [
        ([BROKEN], False),
        ([BROKEN, documents("a", "b"), refusal(503, "no_shard_available_action_exception")], False),
        ([BROKEN, documents("a", "b"), BROKEN, documents("c"), BROKEN], True),
    ],
    ids=["all", "other reasons", "asked to stop"],
)
def test_a_cluster_that_is_ill_is_left_for_later(
    asked: Asked, replies: list[Reply], stopped: bool
) -> None:
    """It is a document's own fault only where others are read, and patience was not cut short."""
    with pytest.raises(ClusterUnavailableError):
        asked.read("abcd", *replies, stopped=stopped)


def test_a_cluster_that_fails_on_everything_is_not_asked_ever_more(asked: Asked) -> None:
    """No try takes more requests than are set."""
    with pytest.raises(ClusterUnavailableError):
        asked.read("x" * 200, BROKEN)
    assert len(asked.requests) <= 1 + 64 + 64


def test_what_nobody_may_read_is_said_at_once(asked: Asked) -> None:
    """No pause mends a right."""
    with pytest.raises(ClusterRefusedError):
        asked.read("ab", refusal(403, "security_exception"))
    assert asked.slept == []
