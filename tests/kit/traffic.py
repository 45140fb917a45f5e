"""Traffic that goes on while a trial does something else."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from kit.history import Change
from kit.stage import Stage
from kit.workload import send


@contextmanager
def flowing(
    place: Stage, made: Iterable[Change], rate: float | None = None
) -> Iterator[Future[int]]:
    """Send changes in a thread of its own; those not yet sent when the block ends never are.

    Args:
        place: whose topic they are sent to.
        made: from `workload.changes`.
        rate: changes per second; as fast as Kafka takes them without one.

    Yields:
        The number that was sent, once it is known.
    """
    enough = Event()

    def until_enough() -> Iterator[Change]:
        for change in made:
            if enough.is_set():
                return
            yield change

    with ThreadPoolExecutor(1) as thread:
        sent = thread.submit(send, place.bootstrap, place.shop.topic, until_enough(), rate)
        try:
            yield sent
        finally:
            enough.set()
            sent.result()
