"""How Kafka and OpenSearch speak: where a message ends, for a proxy that passes whole ones on."""

import asyncio
import re
from collections.abc import Callable
from typing import Protocol

Address = tuple[str, int]


class Dialect(Protocol):
    """What a proxy has to know of a protocol."""

    async def read(self, reader: asyncio.StreamReader, asked: Callable[[], bytes]) -> bytes:
        """Read one whole message.

        Args:
            reader: where from.
            asked: the request, of an answer; empty for a request. Called once the answer begins.

        Raises:
            EOFError: the other side is gone.
        """

    def disguise(self, answer: bytes, server: Address, proxy: Address) -> bytes:
        """Return an answer in which the server calls itself by the proxy's address."""


class Http:
    """HTTP/1.1 whose bodies have a stated length, as OpenSearch and its client speak it."""

    async def read(self, reader: asyncio.StreamReader, asked: Callable[[], bytes]) -> bytes:
        """Read a head and the body that it announces."""
        head = await reader.readuntil(b"\r\n\r\n")
        if asked().startswith(b"HEAD "):
            return head
        assert b"\r\ntransfer-encoding:" not in head.lower(), head
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        return head + await reader.readexactly(int(length[1]) if length else 0)

    def disguise(self, answer: bytes, server: Address, proxy: Address) -> bytes:  # noqa: ARG002
        """Change nothing: the client goes by the address it was given."""
        return answer


class Kafka:
    """Kafka's frames: four bytes of length, then the message."""

    async def read(self, reader: asyncio.StreamReader, asked: Callable[[], bytes]) -> bytes:  # noqa: ARG002
        """Read a frame."""
        size = await reader.readexactly(4)
        return size + await reader.readexactly(int.from_bytes(size))

    def disguise(self, answer: bytes, server: Address, proxy: Address) -> bytes:
        """Replace host and port, which stand side by side in every answer that names a broker.

        Both hosts are of one length, so that nothing else of the answer changes.
        """
        assert len(server[0]) == len(proxy[0])
        return answer.replace(_spelt(server), _spelt(proxy))


def _spelt(address: Address) -> bytes:
    host, port = address
    return host.encode() + port.to_bytes(4)
