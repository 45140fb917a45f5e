"""What a stack says of itself in its home: who runs it, with which options, and how it fares."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from connector.errors import LocalServerError
from connector.local import places
from connector.local.plan import Addresses, Options

Phase = Literal["starting", "running", "failed", "stopped"]
# Those who only look hold the lock too, for an instant.
_LOOK_S = 2.0


@dataclass(frozen=True)
class Status:
    """One stack's state, as its supervisor last wrote it."""

    phase: Phase
    supervisor: int
    options: Options
    addresses: Addresses
    reason: str = ""

    def turned(self, phase: Phase, reason: str = "") -> "Status":
        """Return the state after a change of phase."""
        return replace(self, phase=phase, reason=reason)

    def as_json(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return asdict(self) | {"addresses": self.addresses.as_json()}


@contextmanager
def supervised(home: Path) -> Iterator[None]:
    """Hold the lock that says that this process supervises the stack.

    The kernel lets go of it however the process ends.

    Raises:
        LocalServerError: another process holds it.
    """
    with _lock_file(home).open("a") as lock:
        deadline = time.monotonic() + _LOOK_S
        while not _take(lock.fileno()):
            if time.monotonic() > deadline:
                raise LocalServerError(
                    f"the servers of {home} are running already; see `connector local status`"
                )
            time.sleep(0.05)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def supervisor_of(home: Path) -> int | None:
    """Return the process that supervises a stack now, None where there is none.

    The lock tells, not the number in the file: that may be somebody else's by now.
    """
    file = _lock_file(home)
    if not file.exists():
        return None
    with file.open("r") as lock:
        return None if _take(lock.fileno()) else int(lock.read() or 0) or None


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file(home: Path) -> Path:
    return home / "supervisor.lock"


def write_options(home: Path, options: Options) -> None:
    """Leave the options for the supervisor."""
    places.write(home / "options.json", json.dumps(asdict(options), indent=2))


def read_options(home: Path) -> Options:
    """Read what `write_options` left."""
    return Options(**json.loads((home / "options.json").read_text("utf-8")))


def write_status(home: Path, status: Status) -> None:
    """Write the state; only its owner can read it, it holds a password."""
    places.write(home / "status.json", json.dumps(status.as_json(), indent=2))


def read_status(home: Path) -> Status | None:
    """Return the last state written, None where there never was one."""
    try:
        values: dict[str, Any] = json.loads((home / "status.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    options, addresses = Options(**values["options"]), Addresses.from_json(values["addresses"])
    return Status(values["phase"], values["supervisor"], options, addresses, values["reason"])


def forget_status(home: Path) -> None:
    """Drop the state of the run before, so that the next one's cannot be mistaken."""
    (home / "status.json").unlink(missing_ok=True)
