"""Slices are carried by threads of the command itself: no broker is needed."""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial

from connector.errors import RetryLaterError
from connector.settings import Settings
from ingest.reindex.carry import run_slice
from ingest.reindex.ledger import Ledger, Progress
from ingest.reindex.run import Run
from ingest.reindex.slices import Slice
from ingest.reindex.throttle.throttle import HeldError, Throttle
from ingest.write.patience import Patience

_REPORT_S = 1.0


class Local:
    """An executor; see `ingest.reindex.executor`.

    Args:
        settings: of this place.
        ledger: where the slices stand.
        throttle: how fast documents may be carried.
    """

    def __init__(self, settings: Settings, ledger: Ledger, throttle: Throttle) -> None:
        self._settings, self._ledger, self._throttle = settings, ledger, throttle

    def carry(self, run: Run, stop: threading.Event, report: Callable[[Progress], None], /) -> None:
        """Carry them with `reindex.threads` threads; see `Executor.carry`."""
        patience = Patience.of(self._settings.ingest, stop.wait, random.random)
        while not stop.is_set():
            # Nobody else carries slices of this run: whoever had claimed one is dead.
            patience.insist(lambda: self._ledger.release(run))
            self._round(run, patience.insist(lambda: self._ledger.open(run)), stop, report)
            seen = patience.insist(lambda: self._ledger.progress(run))
            report(seen)
            if seen.done == seen.slices:
                return

    def _round(
        self,
        run: Run,
        left: Sequence[Slice],
        stop: threading.Event,
        report: Callable[[Progress], None],
    ) -> None:
        queue, halt = iter(left), threading.Event()
        lock = threading.Lock()

        def take() -> Slice | None:
            with lock:
                return None if stop.is_set() or halt.is_set() else next(queue, None)

        threads = self._settings.reindex.threads
        with ThreadPoolExecutor(threads, thread_name_prefix="slice") as pool:
            working = [pool.submit(self._work, run, take, stop) for _ in range(threads)]
            try:
                for failed in _failures(working, lambda: self._tell(run, report)):
                    raise failed
            finally:
                halt.set()

    def _work(self, run: Run, take: Callable[[], Slice | None], stop: threading.Event) -> None:
        patience = Patience.of(self._settings.ingest, stop.wait, random.random)
        while (one := take()) is not None:
            carry = partial(run_slice, self._settings, run.id, one.id, pace=self._throttle.admit)
            while not stop.is_set():
                self._throttle.wait(stop.is_set)
                with suppress(HeldError):
                    patience.insist(carry)
                    break

    def _tell(self, run: Run, report: Callable[[Progress], None]) -> None:
        """Report, unless the ledger is away: those who carry slices are patient, too."""
        with suppress(RetryLaterError):
            report(self._ledger.progress(run))


def _failures(working: Sequence[Future[None]], look: Callable[[], None]) -> Iterator[BaseException]:
    """Wait for threads, looking in between; yield the first failure."""
    while True:
        done, left = wait(working, timeout=_REPORT_S)
        for each in done:
            if (error := each.exception()) is not None:
                yield error
        if not left:
            return
        look()
