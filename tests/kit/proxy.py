"""A door to one server, in which everything that goes wrong between machines can be made to."""

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kit.wire import Address, Dialect

# A slow line passes pieces of this size.
_PIECE = 16_384
_LOOK_EVERY_S = 0.02


@dataclass
class Exchange:
    """What becomes of one request.

    Attributes:
        request: what the server is asked; None keeps it from the server.
        answer: what the caller hears, of the server's answer (empty where it was not asked);
            None hangs up instead.
    """

    request: bytes | None
    answer: Callable[[bytes], bytes | None] = lambda answer: answer


@dataclass
class Faults:
    """What goes wrong at present; may be changed at any time.

    Attributes:
        latency_s: each message is held back so long, either way.
        bytes_per_s: how much a connection passes, either way.
        black_hole: nothing passes, nobody is told; what is held goes on when it ends.
        cut: share of requests, in [0, 1], after which the server's answer is thrown away and the
            connection reset: the server has done it, the caller cannot know.
        meddle: changes a request and its answer.
    """

    latency_s: float = 0.0
    bytes_per_s: float | None = None
    black_hole: bool = False
    cut: float = 0.0
    meddle: Callable[[bytes], Exchange] = Exchange


@dataclass
class Proxy:
    """Stands before one server; `proxy` opens it.

    Attributes:
        server: its address.
        dialect: its protocol.
        faults: what goes wrong.
        fired: how often each fault did something.
    """

    server: Address
    dialect: Dialect
    faults: Faults = field(default_factory=Faults)
    fired: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address: Address = self._socket.getsockname()
        self._loop = asyncio.new_event_loop()
        self._closing = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()
        self._chance = random.Random(0)

    @property
    def bootstrap(self) -> str:
        """The address as `host:port`."""
        return "{}:{}".format(*self.address)

    def reset(self) -> None:
        """Reset every connection that is open now."""
        self._loop.call_soon_threadsafe(self._reset_all)

    def run(self) -> None:
        """Serve until `close`; for a thread of its own."""
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._work())
        finally:
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.close()

    def close(self) -> None:
        """Hang up and serve nobody any more."""
        self._loop.call_soon_threadsafe(self._closing.set)

    async def _work(self) -> None:
        """Serve until `close`."""
        async with await asyncio.start_server(self._serve, sock=self._socket):
            await self._closing.wait()
            self._reset_all()

    async def _serve(self, reader: asyncio.StreamReader, caller: asyncio.StreamWriter) -> None:
        """Pass messages on until one side is gone, then let the other go too."""
        writers = {caller}
        self._open.add(caller)
        try:
            await self._beyond_the_hole()
            answers, server = await asyncio.open_connection(*self.server)
            writers.add(server)
            self._open.add(server)
            line = _Line(reader, caller, answers, server)
            ways = {asyncio.ensure_future(way) for way in (self._ask(line), self._answer(line))}
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
        except asyncio.CancelledError:
            pass  # The proxy closes.
        except OSError:
            self.fired["server away"] += 1
        finally:
            self._open -= writers
            for writer in writers:
                writer.close()

    async def _ask(self, line: "_Line") -> None:
        with contextlib.suppress(OSError, EOFError):
            while True:
                request = await self.dialect.read(line.requests, lambda: b"")
                await self._delay()
                exchange = self._exchange(request)
                if exchange.request is None:
                    await self._say(line, exchange.answer(b""))
                else:
                    line.asked.append(exchange)
                    await self._write(line.server, exchange.request)

    async def _answer(self, line: "_Line") -> None:
        with contextlib.suppress(OSError, EOFError):
            while True:
                answer = await self.dialect.read(line.answers, lambda: line.asked[0].request or b"")
                await self._delay()
                answer = self.dialect.disguise(answer, self.server, self.address)
                await self._say(line, line.asked.popleft().answer(answer))

    async def _say(self, line: "_Line", answer: bytes | None) -> None:
        if answer is None:
            self._reset(line.caller)
            raise EOFError
        await self._write(line.caller, answer)

    def _exchange(self, request: bytes) -> Exchange:
        exchange = self.faults.meddle(request)
        if self._chance.random() < self.faults.cut:
            self.fired["cut"] += 1
            exchange.answer = lambda _answer: None
        return exchange

    async def _delay(self) -> None:
        if self.faults.latency_s:
            self.fired["latency"] += 1
            await asyncio.sleep(self.faults.latency_s)
        await self._beyond_the_hole()

    async def _beyond_the_hole(self) -> None:
        self.fired["black hole"] += self.faults.black_hole
        while self.faults.black_hole:  # noqa: ASYNC110 - another thread ends it
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _write(self, writer: asyncio.StreamWriter, message: bytes) -> None:
        for start in range(0, len(message), _PIECE):
            piece = message[start : start + _PIECE]
            if rate := self.faults.bytes_per_s:
                self.fired["bandwidth"] += 1
                await asyncio.sleep(len(piece) / rate)
            writer.write(piece)
            await writer.drain()

    def _reset_all(self) -> None:
        for writer in list(self._open):
            self.fired["reset"] += 1
            self._reset(writer)

    def _reset(self, writer: asyncio.StreamWriter) -> None:
        own = writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()


@dataclass
class _Line:
    """One connection from the caller to the server, and the requests not yet answered."""

    requests: asyncio.StreamReader
    caller: asyncio.StreamWriter
    answers: asyncio.StreamReader
    server: asyncio.StreamWriter
    asked: deque[Exchange] = field(default_factory=deque)


@contextmanager
def proxy(server: str, dialect: Dialect) -> Iterator[Proxy]:
    """Open a proxy on a free port before a server named as `host:port`."""
    host, _, port = server.rpartition(":")
    opened = Proxy((host, int(port)), dialect)
    thread = threading.Thread(target=opened.run, name="proxy")
    thread.start()
    try:
        yield opened
    finally:
        opened.close()
        thread.join()
