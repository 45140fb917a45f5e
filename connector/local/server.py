"""What the supervisor needs to know of one server: how to start it and how to see it is well."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from connector.errors import LocalServerError

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Server:
    """One server process.

    Attributes:
        name: opensearch, kafka or redis.
        command: program and arguments.
        log: file that takes what it prints.
        healthy: whether it answers as it should; must not raise.
    """

    name: str
    command: tuple[str, ...]
    log: Path
    healthy: Callable[[], bool]


def free_port() -> int:
    """Return a port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def choose_port(wanted: int | None, usual: int, server: str) -> int:
    """Return the port a server will use.

    Args:
        wanted: chosen by the user; 0 takes a free one, None the usual one or else a free one.
        usual: the server's own default.
        server: its name, for the message.

    Raises:
        LocalServerError: the chosen port is taken.
    """
    if wanted:
        if not _is_free(wanted):
            raise LocalServerError(
                f"port {wanted} for {server} is in use on {HOST}; choose another with "
                f"--{server}-port, or 0 for any free one"
            )
        return wanted
    return usual if wanted is None and _is_free(usual) else free_port()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def is_listening(port: int) -> bool:
    """Whether anybody accepts connections on `port`."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def answers(port: int, send: bytes, expect: bytes) -> bool:
    """Whether a line-based server on `port` answers `send` with `expect`."""
    try:
        with socket.create_connection((HOST, port), timeout=2) as link:
            link.sendall(send)
            return link.recv(len(expect)) == expect
    except OSError:
        return False


def base_environment() -> dict[str, str]:
    """Return the environment that servers get: enough to run, none of the user's secrets.

    JDK_JAVA_OPTIONS is read by every Java: flags of the user's own.
    """
    kept = ("PATH", "LANG", "LC_ALL", "TZ", "JDK_JAVA_OPTIONS")
    return {name: os.environ[name] for name in kept if name in os.environ}
