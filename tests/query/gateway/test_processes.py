import signal
import socket

import pytest
from plugins.interrupted import handlers_put_back, in_its_lock

from connector.settings import Settings
from query.gateway.serve import Processes, configured


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_parent_hears_a_signal_while_it_waits(number: signal.Signals) -> None:
    """At the very moment in which it begins or ends to wait; else it would never end."""
    config = configured(Settings(), "127.0.0.1", 0, verbose=False)
    with handlers_put_back(), socket.socket() as listening:
        parent = Processes(config, listening, Settings, lambda _: pytest.fail)
        in_its_lock(parent.should_exit, number)
        assert parent.should_exit.wait(60)
