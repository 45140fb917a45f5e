"""Memory that is free again goes back to the system.

What one batch frees, glibc keeps for the next, in an arena for each of a worker's threads, and each
stays as large as it ever had to be: a process grows with every burst, and nothing leaks. Of an arena
only the top goes back by itself, and a few bytes that are still in use hold all that is below.
"""

import ctypes
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Return every free page; does nothing where the C library is not glibc.

    It takes some milliseconds, in which other threads wait where they need memory.
    """
    _trim()(0)


@cache
def _trim() -> Callable[[int], int]:
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # musl, macOS and Windows have none
        return lambda _: 0
    return trim
