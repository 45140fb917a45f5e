"""The parent process of the servers: starts them, watches them, and takes them along when it goes.

Run as `python -m connector.local.supervisor HOME` by `stack`, or inside `up --foreground`. It
holds a lock for as long as it lives; the kernel lets go of it however the process ends, and kills
the servers with it.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from connector.errors import LocalServerError
from connector.local import places
from connector.local.plan import Options, plan
from connector.local.server import Server, base_environment
from connector.local.state import Status, lock_file, read_options, write_status

# A cold node on a busy machine takes its time; a healthy one needs 10 s.
START_TIMEOUT_S = 180.0
# OpenSearch closes its shards on SIGTERM; what has not ended by then is killed.
STOP_TIMEOUT_S = 30.0
_PR_SET_PDEATHSIG = 1


def supervise(home: Path, options: Options, stop: threading.Event) -> None:
    """Run the servers until `stop` is set or one of them ends.

    Raises:
        LocalServerError: a server did not start, or ended by itself; all others are stopped.
    """
    servers, addresses = plan(home, options)
    status = Status("starting", os.getpid(), options, addresses)
    running: dict[str, subprocess.Popen[bytes]] = {}
    write_status(home, status)
    try:
        for server in servers:
            running[server.name] = _spawn(server)
        _await_health(servers, running, stop)
        write_status(home, status.turned("running"))
        while not stop.wait(0.5):
            _require_alive(servers, running)
    except LocalServerError as error:
        write_status(home, status.turned("failed", str(error)))
        raise
    finally:
        _stop(running)
    write_status(home, status.turned("stopped"))


def _spawn(server: Server) -> subprocess.Popen[bytes]:
    owner = places.servers_user()
    with server.log.open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - commands are our own
            server.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=base_environment() | server.environment,
            cwd="/",
            start_new_session=True,
            preexec_fn=_die_with_parent(os.getpid()),  # noqa: PLW1509 - no threads at this point
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
        )


def _die_with_parent(parent: int) -> Callable[[], None]:
    """Return what a child does first: ask the kernel to be killed when its parent ends."""
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _await_health(
    servers: Sequence[Server], running: dict[str, subprocess.Popen[bytes]], stop: threading.Event
) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    waiting = list(servers)
    while waiting and not stop.is_set():
        _require_alive(servers, running)
        waiting = [server for server in waiting if not server.healthy()]
        if time.monotonic() > deadline:
            raise LocalServerError(
                f"{waiting[0].name} was not ready within {START_TIMEOUT_S:.0f} s: "
                f"{_last_words(waiting[0])}"
            )
        stop.wait(0.2)


def _require_alive(servers: Sequence[Server], running: dict[str, subprocess.Popen[bytes]]) -> None:
    for server in servers:
        code = running[server.name].poll()
        if code is not None:
            raise LocalServerError(f"{server.name} ended with {code}: {_last_words(server)}")


def _last_words(server: Server) -> str:
    lines = server.log.read_text("utf-8", errors="replace").splitlines()
    telling = [line for line in lines if "ERROR" in line or "Exception" in line] or lines
    return f"{' | '.join(telling[-2:])[:400]} (all of it in {server.log})"


def _stop(running: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in running.values():
        process.terminate()
    deadline = time.monotonic() + STOP_TIMEOUT_S
    for process in running.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def hold(home: Path, options: Options) -> None:
    """Take the stack's lock and supervise until SIGTERM or SIGINT.

    Raises:
        LocalServerError: another supervisor holds the stack, or a server failed.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with lock_file(home).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalServerError(
                f"the servers of {home} are running already; see `connector local status`"
            ) from None
        supervise(home, options, stop)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    try:
        hold(folder, read_options(folder))
    except LocalServerError as failure:
        sys.exit(f"connector: {failure}")
