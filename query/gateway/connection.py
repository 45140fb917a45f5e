"""One client's connection: whose it is, and its last answer."""

import asyncio
import re

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from query.gateway.certified import STATE, name_of
from query.gateway.refuse import malformed

# A connection that rests when its process ends may ask once more so long, and is told to close.
_LAST_CALL_S = 1.0
# Who reads nothing of an answer for so long is cut off: it keeps a place, and the cluster's connection.
_UNREAD_S = 60.0
# Of a head: where it ends, and a line's end that is only half of one.
_END = b"\r\n\r\n"
_BARE = re.compile(rb"(?<!\r)\n")


class Connection(H11Protocol):
    """A connection that is not closed under a request on its way, and knows who made it."""

    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the name of the client's certificate for each of its requests."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, STATE: name_of(transport.get_extra_info("peercert"))}

    def handle_events(self) -> None:
        """Read what came in; of a head whose lines end in two ways another reader sees other headers."""
        if self.conn.their_state is h11.IDLE:
            waiting, _ = self.conn.trailing_data
            if _BARE.search(waiting.partition(_END)[0]):
                self.send_400_response("")
                return
        super().handle_events()

    def pause_writing(self) -> None:
        """Wait for a client that reads slower than the answer comes, but not for ever."""
        super().pause_writing()
        self._unread = self.loop.call_later(_UNREAD_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: it has read."""
        super().resume_writing()
        self._forget_unread()

    def connection_lost(self, exc: Exception | None) -> None:
        """End, and wait for nobody."""
        super().connection_lost(exc)
        self._forget_unread()

    def _should_upgrade(self) -> bool:
        """Leave what a client would rather speak: Java's offers HTTP/2 with its first request."""
        return False

    def send_400_response(self, msg: str) -> None:
        """Say in the cluster's form that a request is none; the connection ends with it."""
        del msg
        refused = malformed("this is no request in HTTP/1.1 that can be read in one way only")
        said = {**refused.headers, "content-length": str(len(refused.body)), "connection": "close"}
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            head = h11.Response(
                status_code=refused.status, headers=list(said.items()), reason=b"Bad Request"
            )
            for event in (head, h11.Data(data=refused.body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def shutdown(self) -> None:
        """Let the next answer be the last, and close after a moment without one."""
        self.server_state.default_headers = [(b"connection", b"close")]
        self.loop.call_later(_LAST_CALL_S, self._hang_up)

    def _forget_unread(self) -> None:
        if self._unread:
            self._unread.cancel()

    def _hang_up(self) -> None:
        if not self.transport.is_closing():
            super().shutdown()
