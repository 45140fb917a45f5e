import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Event

import pytest

from connector.errors import RefusedError
from ingest.reindex import hold as holding
from ingest.reindex.hold import alive, hold
from ingest.reindex.ledger import Ledger
from ingest.reindex.run import Run, State


class Memory(Ledger):
    """A ledger of one run, without a cluster."""

    def __init__(self, run: Run) -> None:
        self.kept = run

    def run(self, identity: str) -> Run:
        """Return the run."""
        assert identity == self.kept.id
        return self.kept

    def change(self, identity: str, change: Callable[[Run], Run]) -> Run:
        """Change the run."""
        assert identity == self.kept.id
        self.kept = change(self.kept)
        return self.kept


def made(**more: object) -> Run:
    return replace(Run("shop-v2", "shop", "shop-v1", {}), **more)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "BEAT_S", 0.01)


def test_a_run_is_let_go_when_the_command_ends() -> None:
    """Also when it ends by an error; until then its heart beats."""
    ledger = Memory(made())
    with suppress(ZeroDivisionError), hold(ledger, "shop-v2", Event()) as run:
        assert alive(run)
        raise ZeroDivisionError
    assert ledger.kept.driver == ""


def test_a_command_that_died_here_is_followed_at_once() -> None:
    """Its process is gone, whatever the ledger says of its heart."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    driver = f"{socket.gethostname()}-{dead.pid}-abcdef"
    ledger = Memory(made(driver=driver, beat=time.time()))
    with hold(ledger, "shop-v2", Event()) as run:
        assert str(os.getpid()) in run.driver


def test_a_living_command_keeps_its_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose heart beats while it is looked at is left alone."""
    ledger = Memory(made(driver="elsewhere-1-abcdef", beat=time.time()))

    def beat(_: float) -> None:
        ledger.kept = replace(ledger.kept, beat=ledger.kept.beat + 0.5)

    monkeypatch.setattr(holding.time, "sleep", beat)
    with (
        pytest.raises(RefusedError, match=r"in the hand of another command \(elsewhere-1"),
        hold(ledger, "shop-v2", Event()),
    ):
        pass


def test_a_run_that_another_command_ends_stops_this_one() -> None:
    """`abort` and `finish` come from elsewhere; who has the run in hand hears of it."""
    ledger, stop = Memory(made()), Event()
    with hold(ledger, "shop-v2", stop):
        ledger.kept = replace(ledger.kept, state=State.ABORTED)
        assert stop.wait(120)
