"""One client's connection: its last answer, whose it is, and how answers leave."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from query.gateway.certified import STATE, name_of

# A connection that rests when its process ends may ask once more so long, and is told to close.
_LAST_CALL_S = 1.0


class Connection(H11Protocol):
    """A connection that is not closed under a request on its way, and knows who made it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the name of the client's certificate for each of its requests."""
        super().connection_made(Gathered(transport, self.loop))  # type: ignore[arg-type]
        self.app_state = {**self.app_state, STATE: name_of(transport.get_extra_info("peercert"))}

    def shutdown(self) -> None:
        """Let the next answer be the last, and close after a moment without one."""
        self.server_state.default_headers = [(b"connection", b"close")]
        self.loop.call_later(_LAST_CALL_S, self._hang_up)

    def _hang_up(self) -> None:
        if not self.transport.is_closing():
            super().shutdown()


class Gathered:
    """A transport that sends what is written in one turn of the loop in one go.

    Head and body of an answer are two writes: together they cost half, here and at the client.

    Args:
        transport: of the connection.
        loop: its event loop.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        """Return whatever else the transport has."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send this with what else is written before the loop turns."""
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    def close(self) -> None:
        """Close once everything is sent."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        parts, self._parts = self._parts, []
        if parts:
            self._transport.write(b"".join(parts))
