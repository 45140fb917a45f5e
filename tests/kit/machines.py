"""Machines on this one: network namespaces, each with an address and a name. Needs root and `ip`.

Whoever runs there reaches this machine's servers through a relay, and nothing else.
"""

import os
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from connector.settings import Settings

_HERE = "127.0.0.1"
# Takes a host name, then goes on as the command that follows.
_NAMED = 'echo "$0" >/proc/sys/kernel/hostname && exec "$@"'


@dataclass(frozen=True)
class Machine:
    """One of them.

    Attributes:
        name: its host name.
        address: its own.
        gate: where it reaches this machine's servers, under their own ports.
    """

    name: str
    address: str
    gate: str

    def command(self, words: Sequence[str]) -> list[str]:
        """Return a command that runs there; it is one process, which signals reach."""
        there = ["ip", "netns", "exec", self.name, "unshare", "--uts"]
        return [*there, "sh", "-c", _NAMED, self.name, *words]

    def settings(self, ours: Settings) -> Settings:
        """Return settings with the addresses by which OpenSearch and Redis are reached from there."""
        opensearch, redis = (
            part.model_copy(update={"url": part.url.replace(_HERE, self.gate)})
            for part in (ours.opensearch, ours.redis)
        )
        return ours.model_copy(update={"opensearch": opensearch, "redis": redis})


@contextmanager
def machines(count: int, settings: Settings) -> Iterator[list[Machine]]:
    """Set up some, and take them down afterwards with all that still runs there.

    Args:
        count: how many, below 64.
        settings: whose OpenSearch and Redis they may reach.
    """
    assert os.geteuid() == 0, "only root can make network namespaces"
    ports = [urlsplit(url).port for url in (settings.opensearch.url, settings.redis.url)]
    with ExitStack() as opened:
        made = [opened.enter_context(_machine(number)) for number in range(count)]
        for machine in made:
            for port in ports:
                opened.enter_context(_relay(machine.gate, port))
        yield made


@contextmanager
def _machine(number: int) -> Iterator[Machine]:
    net = f"10.{os.getpid() % 256}.{number}"
    one = Machine(f"m{number}-{os.getpid()}", f"{net}.2", f"{net}.1")
    cable = f"m{number}c{os.getpid()}"
    _ip("netns", "add", one.name)
    try:
        _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", one.name)
        _ip("address", "add", f"{one.gate}/30", "dev", cable)
        _ip("link", "set", cable, "up")
        _ip("-n", one.name, "address", "add", f"{one.address}/30", "dev", "eth0")
        _ip("-n", one.name, "link", "set", "eth0", "up")
        yield one
    finally:
        _ip("netns", "delete", one.name)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextmanager
def _relay(host: str, port: int) -> Iterator[None]:
    """Pass on what comes to a port at one address to the same port here."""

    class Passing(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection((_HERE, port)) as onward:
                back = threading.Thread(target=_pump, args=(onward, self.request), daemon=True)
                back.start()
                _pump(self.request, onward)
                back.join()

    with socketserver.ThreadingTCPServer((host, port), Passing) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Pass bytes on until one side is gone, then tell the other."""
    try:
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
