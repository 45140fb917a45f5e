"""The watch over all members."""

import threading
from collections.abc import Sequence
from multiprocessing import connection
from typing import Any

from ingest.fleet.member import Member, Patience, Work
from ingest.signals import stop_on_signals

_TICK_S = 0.2


class Fleet:
    """Workers that share the topics' partitions, each with a device of its own.

    A worker that dies, or asks to be tried again later, is started again; any other error stops
    all, and is the fleet's own.

    Args:
        works: device and what is done on it; a device may be named more than once.
        patience: with workers that die.
    """

    def __init__(self, works: Sequence[tuple[str, Work]], patience: Patience | None = None) -> None:
        self._members = [Member(device, work, patience or Patience()) for device, work in works]

    @property
    def restarts(self) -> int:
        """How many workers were started in place of dead ones."""
        return sum(member.restarts for member in self._members)

    def run(self) -> list[dict[str, Any]]:
        """Return the workers' summaries when all are done.

        SIGTERM and Ctrl-C are passed on; at a second one, workers and fleet end at once.

        Raises:
            ConnectorError: a worker's own, its device named; WorkerDiedError where a worker died
                again and again.
        """
        with stop_on_signals() as stop:
            try:
                while not all(member.done for member in self._members):
                    self._turn(stop)
            finally:
                for member in self._members:
                    member.end()
        return [member.summary for member in self._members if member.summary is not None]

    def _turn(self, stop: threading.Event) -> None:
        for member in self._members:
            if stop.is_set():
                member.ask_to_end()
            else:
                member.start_when_due()
        alive = [member.process.sentinel for member in self._members if member.process]
        connection.wait(alive, _TICK_S)
        for member in self._members:
            member.look(stopping=stop.is_set())
