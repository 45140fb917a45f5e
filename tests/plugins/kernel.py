"""What the kernel says of other processes (Linux), and does to this one."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any


def processes(mark: str) -> dict[int, str]:
    """Return the command lines that hold `mark`, by process number."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if mark in line:
            found[int(entry.name)] = line
    return found


def interrupting(make: Callable[..., Any]) -> Callable[..., Any]:
    """Press Ctrl-C when a child is there, and its parent has not yet taken note of it.

    Args:
        make: makes the child.
    """

    def made(*arguments: Any, **how: Any) -> Any:
        child = make(*arguments, **how)
        signal.raise_signal(signal.SIGINT)
        return child

    return made


def owner(pid: int) -> int:
    """Return the number of the user a process runs as."""
    return Path(f"/proc/{pid}").stat().st_uid


def listening(pid: int) -> set[str]:
    """Return the addresses on which a process listens."""
    targets = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    sockets = {name[len("socket:[") : -1] for name in targets if name.startswith("socket:[")}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            state, inode = fields[3], fields[9]
            if state == "0A" and inode in sockets:
                found.add(_decoded(fields[1].split(":")[0]))
    return found


def _decoded(hexadecimal: str) -> str:
    """Turn the kernel's way of writing an address into ours."""
    last = hexadecimal[-8:]
    dotted = ".".join(str(int(last[at : at + 2], 16)) for at in (6, 4, 2, 0))
    if hexadecimal[:-8] == "0000000000000000FFFF0000":
        return f"::ffff:{dotted}"
    return dotted if len(hexadecimal) == 8 else hexadecimal
