"""A client's body as it comes in: no larger, and no slower, than a place inside is kept for it."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request

from query.gateway.check import oversized
from query.gateway.refuse import Refused


async def whole(request: Request, most: int, most_s: float) -> bytes:
    """Return the body of a request that reads.

    Args:
        request: whose body nobody has taken yet.
        most: bytes that it may have.
        most_s: seconds that it may take.

    Raises:
        Refused: 413, or 408: clients who leave theirs unfinished would take every place.
        ClientDisconnect: the client is gone.
    """
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(most_s):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise oversized(most)
                parts.append(part)
    except TimeoutError:
        raise _unfinished() from None
    return b"".join(parts)


async def streamed(request: Request, silent_s: float) -> AsyncIterator[bytes]:
    """Yield the body of a write as it comes in.

    Args:
        request: whose body nobody has taken yet.
        silent_s: seconds that each part may be waited for.

    Raises:
        Refused: 408.
        ClientDisconnect: the client is gone.
    """
    parts = aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(silent_s):
                part = await anext(parts)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise _unfinished() from None
        yield part


def _unfinished() -> Refused:
    return Refused(408, "timeout_exception", "the request's body did not come in")
