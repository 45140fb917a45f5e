"""SIGTERM and Ctrl-C ask the worker to finish what is in hand; before there is any, SIGTERM ends it."""

import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from connector.handlers import set_soon

log = logging.getLogger(__name__)


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """Yield an event that SIGTERM and SIGINT set; a second signal ends the process at once."""
    stop = threading.Event()

    def handle(number: int, _frame: object) -> None:
        log.info("%s: finishing what is in hand", signal.Signals(number).name)
        set_soon(stop)
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def nothing_in_hand() -> Iterator[None]:
    """Let SIGTERM end the process at once, as a success: also while a server keeps it waiting."""

    def handle(_number: int, _frame: object) -> None:
        log.info("SIGTERM: nothing is in hand")
        sys.exit(0)

    before = signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
