import signal
import threading

import pytest
from plugins.interrupted import NUMBERS, handlers_put_back, in_its_lock

from connector.handlers import set_soon
from connector.local.supervisor import _stop_on_signals

PATIENCE_S = 60


def test_an_event_is_set_whatever_its_handler_interrupts() -> None:
    """Set in the handler itself, it would wait for the lock for ever."""
    event = threading.Event()
    with handlers_put_back():
        signal.signal(signal.SIGTERM, lambda *_: set_soon(event))
        in_its_lock(event, signal.SIGTERM)
        assert event.wait(PATIENCE_S)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_servers_parent_hears_a_signal_while_it_waits(number: signal.Signals) -> None:
    """At the very moment in which it begins or ends to wait."""
    with handlers_put_back():
        stop = _stop_on_signals()
        in_its_lock(stop, number)
        assert stop.wait(PATIENCE_S)
