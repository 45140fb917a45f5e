"""The parent process of the servers: starts them, watches them, and takes them along when it goes.

Run as `python -m connector.local.supervisor HOME` (see `detach`), or inside `up --foreground`.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from connector.errors import LocalServerError
from connector.handlers import set_soon
from connector.local import places
from connector.local.children import die_with_parent
from connector.local.plan import Addresses, Options, Plan, plan
from connector.local.server import Server, base_environment
from connector.local.state import (
    Status,
    forget_status,
    read_options,
    supervised,
    write_status,
)

# A cold node on a busy machine takes its time; a healthy one needs 10 s.
START_TIMEOUT_S = 180.0
# OpenSearch closes its shards on SIGTERM; what has not ended by then is killed.
STOP_TIMEOUT_S = 30.0

Processes = dict[str, subprocess.Popen[bytes]]


def hold(home: Path, options: Options, ready: Callable[[Addresses], None]) -> None:
    """Run the servers until SIGTERM, SIGINT or a hang-up, or until one of them ends.

    Args:
        home: of the stack.
        options: what to run.
        ready: called once, when all servers are healthy.

    Raises:
        LocalServerError: another process supervises the stack, something needed is missing, a
            server did not start, or one ended by itself; all others are stopped then.
    """
    with supervised(home):
        forget_status(home)
        planned = plan(home, options)
        _supervise(home, planned, _stop_on_signals(), ready)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: set_soon(stop))
    return stop


def _supervise(
    home: Path, planned: Plan, stop: threading.Event, ready: Callable[[Addresses], None]
) -> None:
    status = Status("starting", os.getpid(), planned.options, planned.addresses)
    running: Processes = {}
    write_status(home, status)
    try:
        for server in planned.servers:
            running[server.name] = _spawn(server)
        _await_health(planned.servers, running, stop)
        if not stop.is_set():
            write_status(home, status.turned("running"))
            ready(planned.addresses)
        while not stop.wait(0.5):
            _require_alive(planned.servers, running)
    except LocalServerError as error:
        _stop(running)
        write_status(home, status.turned("failed", str(error)))
        raise
    finally:
        _stop(running)
    write_status(home, status.turned("stopped"))


def _spawn(server: Server) -> subprocess.Popen[bytes]:
    owner = places.servers_user()
    try:
        with server.log.open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - commands are our own
                server.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=base_environment(),
                cwd="/",
                start_new_session=True,
                preexec_fn=die_with_parent(),  # noqa: PLW1509 - no threads at this point
                user=owner.pw_uid if owner else None,
                group=owner.pw_gid if owner else None,
                extra_groups=[] if owner else None,
            )
    except (OSError, subprocess.SubprocessError) as error:
        who = owner.pw_name if owner else "this user"
        raise LocalServerError(
            f"{server.name}: {server.command[0]} cannot be run by {who}: {error}"
        ) from None


def _await_health(servers: Sequence[Server], running: Processes, stop: threading.Event) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    waiting = list(servers)
    while waiting and not stop.is_set():
        _require_alive(servers, running)
        waiting = [server for server in waiting if not server.healthy()]
        if waiting and time.monotonic() > deadline:
            raise LocalServerError(
                f"{waiting[0].name} was not ready within {START_TIMEOUT_S:.0f} s: "
                f"{_last_words(waiting[0])}"
            )
        stop.wait(0.2)


def _require_alive(servers: Sequence[Server], running: Processes) -> None:
    for server in servers:
        code = running[server.name].poll()
        if code is not None:
            raise LocalServerError(f"{server.name} ended with {code}: {_last_words(server)}")


def _last_words(server: Server) -> str:
    lines = server.log.read_text("utf-8", errors="replace").splitlines()
    telling = [line for line in lines if "ERROR" in line or "Exception" in line] or lines
    return f"{' | '.join(telling[-2:])[:400]} (all of it in {server.log})"


def _stop(running: Processes) -> None:
    for process in running.values():
        process.terminate()
    deadline = time.monotonic() + STOP_TIMEOUT_S
    for process in running.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main(home: Path) -> None:
    """Supervise the stack whose options stand in its home; nobody reads what this prints."""
    os.chdir("/")
    hold(home, read_options(home), lambda _: None)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except LocalServerError as failure:
        sys.exit(str(failure))
