"""Workers as processes that can be killed, stopped and asked, by the dozen.

One process imports everything heavy once, for the whole run, and forks each worker from there: a
life costs as little as its work, so that hundreds can be ended. What runs is the command line itself.
"""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from kit.crash import Trap

# Everything on the path of this process, so that the other finds the same code.
_PATH = os.pathsep.join(dict.fromkeys([str(Path(__file__).parents[1]), *filter(None, sys.path)]))


@dataclass(frozen=True)
class Delivery:
    """One record as a worker received it."""

    topic: str
    partition: int
    offset: int


class Life:
    """One worker process, from its start to its end, and what its diary tells.

    Attributes:
        pid: its process.
        folder: keeps `diary` and `said`, its standard output and error.
    """

    def __init__(self, pid: int, folder: Path) -> None:
        self.pid, self.folder = pid, folder
        self._handle = os.pidfd_open(pid)

    @property
    def alive(self) -> bool:
        """Whether the process is there, running or stopped."""
        return not select.select([self._handle], [], [], 0)[0]

    @property
    def stopped(self) -> bool:
        """Whether it stands still under SIGSTOP."""
        return self.alive and self._state() == "T"

    def send(self, number: int) -> None:
        """Send it a signal, if it is still there."""
        if self.alive:
            signal.pidfd_send_signal(self._handle, number)

    def wait(self, seconds: float) -> bool:
        """Wait for its end; return whether it came."""
        return bool(select.select([self._handle], [], [], seconds)[0])

    @property
    def code(self) -> int | None:
        """Its exit code; None while it lives, and for one that a signal ended."""
        codes = [int(words[0]) for words in self._entries("ended")]
        return codes[-1] if codes and not self.alive else None

    @property
    def memory(self) -> int:
        """Bytes of memory that it holds at present; 0 for one that has ended."""
        try:
            lines = Path(f"/proc/{self.pid}/status").read_text("utf-8").splitlines()
        except (FileNotFoundError, ProcessLookupError):
            return 0
        held = (int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))
        return next(held, 0)

    @property
    def embedded(self) -> list[str]:
        """Every text that went through the model, as a hash, in order."""
        return [text for texts in self._entries("embedded") for text in texts]

    @property
    def trapped(self) -> str | None:
        """The point at which its trap took it; None if it never did."""
        points = [" ".join(words) for words in self._entries("trapped")]
        return points[-1] if points else None

    @property
    def begun(self) -> bool:
        """Whether it has asked Kafka for records."""
        return bool(self._entries("began"))

    @property
    def bulks(self) -> int:
        """How many bulk requests have been answered."""
        return len(self._entries("bulk"))

    @property
    def delivered(self) -> list[Delivery]:
        """Every record it was given by Kafka, in order."""
        return [
            Delivery(topic, int(partition), int(offset))
            for topic, partition, *offsets in self._entries("delivered")
            for offset in offsets
        ]

    @property
    def said(self) -> str:
        """What it printed."""
        return (self.folder / "said").read_text("utf-8", errors="replace")

    def _entries(self, kind: str) -> list[list[str]]:
        file = self.folder / "diary"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        return [line.split()[1:] for line in lines if line.split()[0] == kind]

    def _state(self) -> str:
        return Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(") ")[2][0]


class Nursery:
    """Starts lives; see `nursery`."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process, self._folder = process, folder
        self.lives: list[Life] = []

    def start(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        trap: Trap | None = None,
        session_ms: int | None = None,
    ) -> Life:
        """Start one life.

        Args:
            arguments: of the command, e.g. `["ingest"]`.
            environment: all of it.
            trap: what ends it or stops it.
            session_ms: how long Kafka waits for it once it is silent; its own without one.
        """
        folder = self._folder / f"{len(self.lives):04}"
        folder.mkdir()
        order = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "trap": asdict(trap) if trap else None,
            "session_ms": session_ms,
            "folder": str(folder),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, "the nursery is gone; its standard error says why"
        self.lives.append(Life(int(answer), folder))
        return self.lives[-1]


@contextmanager
def nursery(folder: Path) -> Iterator[Nursery]:
    """Open a nursery; every life still there at its end is killed.

    Args:
        folder: must exist; keeps what the lives leave behind.
    """
    opened = Nursery(_birthplace(), folder)
    try:
        yield opened
    finally:
        for life in opened.lives:
            life.send(signal.SIGKILL)
        for life in opened.lives:
            assert life.wait(60)


@cache
def _birthplace() -> "subprocess.Popen[str]":
    """Start the process that lives are forked from; it goes with this one."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kit.birth"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": _PATH, "OMP_NUM_THREADS": "1"},
    )
    atexit.register(process.communicate)
    return process
