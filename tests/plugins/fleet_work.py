"""What a fleet's workers do in tests: each behaves as its device's name says."""

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from connector.errors import BrokerUnavailableError, IndexMissingError, ModelMismatchError
from ingest.fleet.fleet import Fleet
from ingest.signals import stop_on_signals


def work(folder: Path, device: str) -> dict[str, Any]:
    """Leave a line with the process's number in the device's file, then do as it says."""
    file = folder / device
    with stop_on_signals() as stop:
        with file.open("a") as lines:
            lines.write(f"{os.getpid()}\n")
        lives = len(file.read_text("utf-8").split())
        if device == "killed-twice" and lives <= 2:
            os.kill(os.getpid(), signal.SIGKILL)
        if device == "away-once" and lives == 1:
            raise BrokerUnavailableError("Kafka does not answer")
        if device == "always-killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if device == "refused":
            raise ModelMismatchError("another model")
        if device == "broken":
            raise IndexMissingError("no index")
        if device == "crashing":
            raise ValueError("a fault of ours")
        if device.startswith("until-told"):
            stop.wait(240)
        if device == "slow-to-stop":
            stop.wait(240)
            (folder / f"{device}.told").touch()
            time.sleep(240)
    return {"records": 10, "device": device, "stopped": stop.is_set()}


def main(folder: Path, *devices: str) -> None:
    """Run a fleet and print its summaries."""
    print(Fleet(works(folder, *devices)).run())  # noqa: T201


def works(folder: Path, *devices: str) -> list[tuple[str, Callable[[], dict[str, Any]]]]:
    """Return what each device does."""
    return [(device, partial(work, folder, device)) for device in devices]


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
