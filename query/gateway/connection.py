"""One client's connection: whose it is, and its last answer."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

from query.gateway.certified import STATE, name_of

# A connection that rests when its process ends may ask once more so long, and is told to close.
_LAST_CALL_S = 1.0


class Connection(H11Protocol):
    """A connection that is not closed under a request on its way, and knows who made it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the name of the client's certificate for each of its requests."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, STATE: name_of(transport.get_extra_info("peercert"))}

    def shutdown(self) -> None:
        """Let the next answer be the last, and close after a moment without one."""
        self.server_state.default_headers = [(b"connection", b"close")]
        self.loop.call_later(_LAST_CALL_S, self._hang_up)

    def _hang_up(self) -> None:
        if not self.transport.is_closing():
            super().shutdown()
