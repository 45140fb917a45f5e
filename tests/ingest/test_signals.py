import signal

import pytest
from plugins.interrupted import in_its_lock

from ingest.signals import stop_on_signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_hears_a_signal_while_it_waits(number: signal.Signals) -> None:
    """At the very moment in which it begins or ends to wait."""
    with stop_on_signals() as stop:
        in_its_lock(stop, number)
        assert stop.wait(60)
