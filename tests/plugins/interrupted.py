"""Signals at the worst moment."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def handlers_put_back() -> Iterator[None]:
    """Give every signal its handler back, whatever the block sets."""
    numbers = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)


def in_its_lock(event: threading.Event, number: signal.Signals) -> None:
    """Raise a signal while this thread holds an event's lock, as it does around every `wait`."""
    with event._cond:
        signal.raise_signal(number)
