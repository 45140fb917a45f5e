"""Work that is done now and then beside the worker, and holds up its end only a moment."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# How long what is under way at the end may take, of the 20 s that a stop may: a silent cluster takes none.
LAST_S = 1.0


@contextmanager
def repeated(
    name: str, every_s: float, call: Callable[[], None], last: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Call every `every_s` seconds, in a thread of its own, while the block lasts.

    Args:
        name: of the thread.
        every_s: seconds between two calls.
        call: must not raise.
        last: called once after the block, likewise; waited for no longer than `LAST_S`.
    """
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(every_s):
            call()
        last()

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(LAST_S)
