"""How long `--help` takes, against an empty Python process, interleaved in one run.

Run: python -m benchmarks.startup
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.machine import machine

ROUNDS = 15
CONNECTOR = str(Path(sys.executable).with_name("connector"))
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "connector --help": [CONNECTOR, "--help"],
    "connector search --help": [CONNECTOR, "search", "--help"],
    "connector ingest --help": [CONNECTOR, "ingest", "--help"],
    "connector evaluate --help": [CONNECTOR, "evaluate", "--help"],
}


def once(command: list[str]) -> float:
    """Return the wall-clock milliseconds of one run."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return (time.perf_counter() - begin) * 1000


def main() -> None:
    """Print p50 and the worst of every command, and the ratio to an empty process."""
    print(f"# {machine()}; {ROUNDS} rounds, interleaved")
    for command in COMMANDS.values():
        once(command)
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            times[name].append(once(command))
    empty = statistics.median(times["python -c pass"])
    print(f"{'command':28} {'p50 ms':>8} {'max ms':>8} {'ratio':>6}")
    for name, values in times.items():
        middle = statistics.median(values)
        print(f"{name:28} {middle:8.0f} {max(values):8.0f} {middle / empty:6.1f}")


if __name__ == "__main__":
    main()
