"""Workers of a distributed reindex, as processes that can be killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from plugins.servers import environment

from connector.settings import Settings
from kit.machines import Machine

_OURS = {
    "CONNECTOR_ENCODER__DEVICE": "cpu",
    "CONNECTOR_ENCODER__DTYPE": "float32",
    "PYTHONPATH": os.pathsep.join(
        dict.fromkeys([str(Path(__file__).parents[1]), *filter(None, sys.path)])
    ),
}


class Hands:
    """Starts workers; see `hands`."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings, self._folder = settings, folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def hire(
        self, *queues: str, seconds: float | None = None, machine: Machine | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start a worker.

        Args:
            queues: that it takes from.
            seconds: that its model takes for a text; None: the real one.
            machine: where it runs; None: here.
        """
        module = ["connector"] if seconds is None else ["kit.hand", str(seconds)]
        flags = [part for queue in queues for part in ("--queue", queue)]
        words = [sys.executable, "-m", *module, "reindex", "worker", *flags]
        settings = machine.settings(self._settings) if machine else self._settings
        with (self._folder / f"hand-{len(self.processes)}").open("wb") as said:
            process = subprocess.Popen(
                machine.command(words) if machine else words,
                env=environment(settings) | _OURS,
                stdout=said,
                stderr=said,
            )
        self.processes.append(process)
        return process

    @property
    def ready(self) -> int:
        """How many wait for slices, or carry them; that they begin to is another line."""
        lines = [line for line in self.said().splitlines() if "carrying slices of" in line]
        return sum(not line.endswith("at once") for line in lines)

    def said(self) -> str:
        """Return what all of them printed."""
        files = sorted(self._folder.glob("hand-*"))
        return "\n".join(file.read_text("utf-8", errors="replace") for file in files)


@contextmanager
def hands(settings: Settings, folder: Path) -> Iterator[Hands]:
    """Open; whoever still works at the end is killed."""
    opened = Hands(settings, folder)
    try:
        yield opened
    finally:
        for process in opened.processes:
            process.kill()
            process.wait()


def dismiss(process: "subprocess.Popen[bytes]") -> int:
    """Stop a worker as an operator does; return its exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(240)


def await_true(look: Callable[[], object], seconds: float = 240.0) -> None:
    """Look until it is so."""
    until = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.1)
