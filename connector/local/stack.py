"""One stack of servers: start it, ask how it fares, stop it."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from connector.errors import LocalServerError
from connector.local import places, supervisor
from connector.local.children import interrupts_held_back
from connector.local.detach import Detached
from connector.local.plan import Addresses, Options, plan
from connector.local.state import (
    Status,
    forget_status,
    read_status,
    supervisor_of,
    write_options,
)
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

        Downloads happen in this process, where their progress can be seen.

        Raises:
            LocalServerError: something is missing, a chosen port is taken, a server did not come
                up, or the stack runs with other options.
        """
        with places.locked(places.make(self.home) / "up.lock"):
            if supervisor_of(self.home):
                return _same(self._await_running(lambda: not supervisor_of(self.home)), options)
            planned = plan(self.home, options)
            write_options(self.home, planned.options)
            forget_status(self.home)
            with interrupts_held_back() as let_through:
                child = Detached(self.home)
                try:
                    let_through()
                    return self._await_running(child.has_ended, child.last_words).addresses
                except BaseException:
                    child.end()
                    raise

    def hold(self, options: Options, ready: Callable[[Addresses], None]) -> None:
        """Run the servers in this process until SIGTERM or Ctrl-C; see `supervisor.hold`."""
        supervisor.hold(places.make(self.home), options, ready)

    def status(self) -> Status | None:
        """Return how the stack fares; a supervisor that vanished left the stack `stopped`."""
        status = read_status(self.home)
        if status is None or status.phase in ("failed", "stopped") or supervisor_of(self.home):
            return status
        return status.turned("stopped", "its supervisor was killed, or the machine restarted")

    def stop(self) -> bool:
        """Stop the servers and return when they are gone; False where none ran.

        Raises:
            LocalServerError: the supervisor did not end.
        """
        pid = supervisor_of(self.home)
        if pid is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + supervisor.STOP_TIMEOUT_S + 10
        while supervisor_of(self.home) == pid:
            if time.monotonic() > deadline:
                raise LocalServerError(
                    f"the supervisor {pid} of {self.home} does not end; kill it, "
                    "and its servers end with it"
                )
            time.sleep(0.1)
        # Take note of its end, where this very process started it.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
        return True

    def _await_running(
        self, ended: Callable[[], bool], last_words: Callable[[], str] | None = None
    ) -> Status:
        deadline = time.monotonic() + supervisor.START_TIMEOUT_S + 10
        over = False
        while not over and time.monotonic() < deadline:
            over = ended()
            status = read_status(self.home)
            if status is not None and status.phase == "running" and not over:
                return status
            if status is not None and status.phase == "failed":
                raise LocalServerError(status.reason)
            time.sleep(0.1)
        raise LocalServerError(last_words() if last_words else "the servers were stopped meanwhile")


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
