"""What a stack says of itself in its home: options, addresses, and how it fares."""

import fcntl
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from connector.local.plan import Addresses, Options

Phase = Literal["starting", "running", "failed", "stopped"]


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


def lock_file(home: Path) -> Path:
    """Return the file that a living supervisor holds locked."""
    return home / "supervisor.lock"


def is_supervised(home: Path) -> bool:
    """Whether a supervisor lives, by its lock: a number in a file may be another process now."""
    file = lock_file(home)
    if not file.exists():
        return False
    with file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def write_options(home: Path, options: Options) -> None:
    """Leave the options for the supervisor."""
    _write(home / "options.json", asdict(options))


def read_options(home: Path) -> Options:
    """Read what `write_options` left."""
    return Options(**json.loads((home / "options.json").read_text("utf-8")))


def write_status(home: Path, status: Status) -> None:
    """Write the state in one step; only its owner can read it, it holds a password."""
    _write(
        home / "status.json",
        {
            "phase": status.phase,
            "supervisor": status.supervisor,
            "options": asdict(status.options),
            "addresses": status.addresses.as_json(),
            "reason": status.reason,
        },
    )


def read_status(home: Path) -> Status | None:
    """Return the last state written, None where there never was one."""
    file = home / "status.json"
    if not file.exists():
        return None
    values: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return Status(
        values["phase"],
        values["supervisor"],
        Options(**values["options"]),
        Addresses.from_json(values["addresses"]),
        values["reason"],
    )


def forget_status(home: Path) -> None:
    """Drop the state of the run before, so that the next one's cannot be mistaken."""
    (home / "status.json").unlink(missing_ok=True)


def _write(file: Path, values: dict[str, Any]) -> None:
    beside = file.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_text(json.dumps(values, indent=2), "utf-8")
    beside.replace(file)
