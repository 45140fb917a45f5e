"""Two batches at once: one is decoded, planned and embedded while the one before is written."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Generic, TypeVar

from ingest.change import Record

Batch = TypeVar("Batch")
Done = TypeVar("Done")

# One being prepared and one being written; the next is fetched when the older is done.
DEPTH = 2


class Pipeline(Generic[Batch, Done]):
    """Runs batches through two steps, each in a thread of its own, in order.

    Args:
        prepare: first step, of a batch's records.
        finish: second step, of what the first returned.
    """

    def __init__(
        self, prepare: Callable[[Sequence[Record]], Batch], finish: Callable[[Batch], Done]
    ) -> None:
        self._prepare, self._finish = prepare, finish
        self._preparer = ThreadPoolExecutor(1, "prepare")
        self._finisher = ThreadPoolExecutor(1, "finish")
        self._under_way: deque[tuple[Sequence[Record], Future[Done]]] = deque()

    @property
    def full(self) -> bool:
        """Whether another batch would have to wait."""
        return len(self._under_way) >= DEPTH

    @property
    def empty(self) -> bool:
        """Whether nothing is under way."""
        return not self._under_way

    def submit(self, records: Sequence[Record]) -> None:
        """Start a batch."""
        prepared = self._preparer.submit(self._prepare, records)
        done = self._finisher.submit(lambda: self._finish(prepared.result()))
        self._under_way.append((records, done))

    def wait(self, timeout_s: float) -> bool:
        """Wait for the oldest batch; return whether it was done within `timeout_s`."""
        return not self._under_way or not wait([self._under_way[0][1]], timeout_s).not_done

    def collect(self) -> Iterator[tuple[Sequence[Record], Done]]:
        """Yield the batches that are done, oldest first.

        Raises:
            Exception: what the batch's step raised; later batches are not yielded any more.
        """
        while self._under_way and self._under_way[0][1].done():
            records, done = self._under_way.popleft()
            yield records, done.result()

    def close(self) -> None:
        """Start nothing more and wait for what runs."""
        self._preparer.shutdown(cancel_futures=True)
        self._finisher.shutdown(cancel_futures=True)
