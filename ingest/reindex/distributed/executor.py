"""Celery workers carry the slices; the command keeps their queue fed from the ledger."""

import logging
import threading
import time
from collections.abc import Callable

from connector.errors import RetryLaterError
from connector.settings import Settings
from ingest.reindex.distributed.app import make_app
from ingest.reindex.distributed.queue import Queue
from ingest.reindex.hold import died_here
from ingest.reindex.ledger import Ledger, Progress
from ingest.reindex.run import Run
from ingest.reindex.slices import Slice
from ingest.reindex.throttle.throttle import HeldError, Throttle

log = logging.getLogger(__name__)

# Names that wait in the queue: enough for every worker that is free before the next look, and no
# more, for they cannot be held back by `--rate` any more.
AHEAD = 32
LOOK_S = 0.5
# A slice that was sent and is neither claimed nor waiting after so long was lost on the way.
LOST_S = 5.0
# So long without any slice carried means that nobody is there who could.
IDLE_S = 30.0


class Distributed:
    """An executor; see `ingest.reindex.executor`.

    What is to be done is read from the ledger again and again, never remembered: a slice is sent
    while it is open, or its owner's lease has ended, or its owner is known to be dead. So it does
    not matter what Redis loses, and who carries a slice that another has done does nothing.

    Args:
        settings: of this place.
        ledger: where the slices stand.
        throttle: how fast names may be sent.
        patience_s: how long Redis or OpenSearch may be away.
    """

    def __init__(
        self, settings: Settings, ledger: Ledger, throttle: Throttle, patience_s: float = 120.0
    ) -> None:
        self._settings, self._ledger, self._throttle = settings, ledger, throttle
        self._patience_s = patience_s
        self._sent: dict[str, float] = {}

    def carry(self, run: Run, stop: threading.Event, report: Callable[[Progress], None], /) -> None:
        """Feed the queue until every slice is done; see `Executor.carry`."""
        queue = Queue(make_app(self._settings), run.queue)
        reached = idle = time.monotonic()
        carried = -1
        while not stop.is_set():
            try:
                progress = self._look(run, queue, report)
                reached = time.monotonic()
            except RetryLaterError as error:
                if time.monotonic() - reached > self._patience_s:
                    raise
                log.warning("%s", error)
            else:
                if progress.done == progress.slices:
                    return
                if progress.counts["documents"] != carried:
                    carried, idle = progress.counts["documents"], time.monotonic()
                elif time.monotonic() - idle > IDLE_S:
                    idle = time.monotonic()
                    log.warning("%s", _nobody(queue, progress))
            stop.wait(LOOK_S)

    def _look(self, run: Run, queue: Queue, report: Callable[[Progress], None]) -> Progress:
        progress = self._ledger.progress(run)
        report(progress)
        if progress.done < progress.slices:
            self._feed(run, queue)
        return progress

    def _feed(self, run: Run, queue: Queue) -> None:
        if self._throttle.look().held:
            queue.clear()
            self._sent.clear()
            return
        self._ledger.release(run, died_here)
        waiting = queue.waiting()
        for one in self._lacking(run, waiting)[: AHEAD - waiting]:
            try:
                self._throttle.admit(one.documents)
            except HeldError:
                return
            queue.send(one)
            self._sent[one.id] = time.monotonic()

    def _lacking(self, run: Run, waiting: int) -> list[Slice]:
        """Return slices to send: those that never were, or not for a while with none waiting."""
        now = time.monotonic()
        lost_s = 0.0 if waiting else LOST_S
        return [
            one
            for one in self._ledger.open(run)
            if one.id not in self._sent or (lost_s and now - self._sent[one.id] > lost_s)
        ]


def _nobody(queue: Queue, progress: Progress) -> str:
    left = progress.slices - progress.done
    return (
        f"no slice was carried for {IDLE_S:.0f} s, {left} are left for queue {queue.name!r}; start "
        f"`connector reindex worker --queue {queue.name}`, or look at what the workers say"
    )
