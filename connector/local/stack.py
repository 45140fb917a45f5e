"""One stack of servers: start it, ask how it fares, stop it."""

import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from connector.errors import LocalServerError
from connector.local import places, supervisor
from connector.local.plan import Addresses, Options, plan
from connector.local.state import Status, forget_status, is_supervised, read_status, write_options
from connector.settings import Settings


@dataclass(frozen=True)
class Stack:
    """The servers that live in one folder.

    Attributes:
        home: folder of their state, configuration, logs and data.
    """

    home: Path

    def start(self, options: Options) -> Addresses:
        """Start the servers unless they run, and return when all are healthy.

        Raises:
            LocalServerError: something is missing, a chosen port is taken, a server did not come
                up, or the stack runs with other options.
        """
        places.make(self.home)
        with places.locked(self.home / "up.lock"):
            status = self.status()
            if status is not None and status.phase == "running":
                return _same(status, options)
            ports = options.with_ports()
            # Downloads happen here, where their progress can be seen.
            plan(self.home, ports)
            write_options(self.home, ports)
            forget_status(self.home)
            self._detach()
            return self._await_running()

    def hold(self, options: Options) -> None:
        """Run the servers in this process until SIGTERM or Ctrl-C; see `supervisor.hold`."""
        places.make(self.home)
        supervisor.hold(self.home, options.with_ports())

    def status(self) -> Status | None:
        """Return how the stack fares; a supervisor that vanished left the stack `stopped`."""
        status = read_status(self.home)
        if status is None or status.phase in ("failed", "stopped") or is_supervised(self.home):
            return status
        return status.turned("stopped", "the supervisor ended without a word")

    def stop(self) -> bool:
        """Stop the servers and return when they are gone; False where none ran.

        Raises:
            LocalServerError: the supervisor did not end.
        """
        status = read_status(self.home)
        if status is None or not is_supervised(self.home):
            return False
        os.kill(status.supervisor, signal.SIGTERM)
        deadline = time.monotonic() + supervisor.STOP_TIMEOUT_S + 10
        while is_supervised(self.home):
            if time.monotonic() > deadline:
                raise LocalServerError(
                    f"the supervisor {status.supervisor} of {self.home} does not end; kill it, "
                    "and its servers end with it"
                )
            time.sleep(0.1)
        _reap(status.supervisor)
        return True

    def _detach(self) -> None:
        """Start the supervisor in a session of its own: it outlives this process."""
        log = str(self.home / "supervisor.log")
        write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", "connector.local.supervisor", str(self.home)],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, log, write, 0o644),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )

    def _await_running(self) -> Addresses:
        try:
            return self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> Addresses:
        deadline = time.monotonic() + supervisor.START_TIMEOUT_S + 10
        while time.monotonic() < deadline:
            status = read_status(self.home)
            if status is not None and status.phase == "running":
                return status.addresses
            if status is not None and status.phase == "failed":
                raise LocalServerError(status.reason)
            time.sleep(0.1)
        raise LocalServerError(f"the servers did not start; see {self.home / 'supervisor.log'}")


def settings_for(addresses: Addresses) -> Settings:
    """Return settings that point at a stack, everything else at its default."""
    access = addresses.opensearch
    return Settings.model_validate(
        {
            "opensearch": {
                "url": access.url,
                "username": access.username,
                "password": access.password,
                "ca_file": access.ca_file,
            },
            "kafka": {"bootstrap_servers": addresses.kafka},
            "redis": {"url": addresses.redis},
        }
    )


def _reap(pid: int) -> None:
    """Take note of the end of a supervisor that this very process started."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _same(status: Status, options: Options) -> Addresses:
    """Return a running stack's addresses if it is the one that is asked for."""
    there = status.options
    asked = replace(
        options,
        opensearch_port=options.opensearch_port or there.opensearch_port,
        kafka_port=options.kafka_port or there.kafka_port,
        redis_port=options.redis_port or there.redis_port,
        heap=there.heap,
    )
    if asked != there:
        kind = f"OpenSearch {there.release}{' with security' if there.secure else ''}"
        raise LocalServerError(
            f"{kind} runs there already, on ports {there.opensearch_port}, {there.kafka_port} and "
            f"{there.redis_port}; stop it first (`connector local down`), or name another --home"
        )
    return status.addresses
