"""Documents go to the cluster beside the search: a bounded queue, one thread, drops counted."""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from opensearchpy import TransportError

from query.ubi.indices import Document

log = logging.getLogger(__name__)

# Documents of one request; a page with its evidence has some 2 KB.
_BATCH = 500
# A shop that is seldom asked still sees its searches soon.
_WAIT_S = 1.0
_TRIES = 4
_PAUSE_S = 0.5
_CLOSE_S = 5.0

# Sends one bulk request's body, and returns the statuses of its items.
Send = Callable[[bytes], Sequence[int]]
# Told what became of documents, by a name of the tally, and of how many.
Told = Callable[[str, int], None]


@dataclass(frozen=True)
class Tally:
    """What became of the documents.

    Attributes:
        written: in the cluster.
        dropped: the queue was full, or the cluster was away too long.
        refused: by the cluster, for good.
    """

    written: int = 0
    dropped: int = 0
    refused: int = 0


class Writer:
    """Takes documents and never waits.

    Args:
        send: to the cluster.
        room: documents that wait, at most.
        told: what became of documents, as it happens.
        pause_s: before a failed request is sent again; doubles.
    """

    def __init__(
        self, send: Send, room: int, told: Told = lambda *_: None, pause_s: float = _PAUSE_S
    ) -> None:
        self._send, self._told, self._pause_s = send, told, pause_s
        self._waiting: queue.Queue[Document] = queue.Queue(room)
        self._lock = threading.Lock()
        self._tally = Tally()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="behaviour", daemon=True)
        self._thread.start()

    @property
    def tally(self) -> Tally:
        """Return what became of the documents so far."""
        return self._tally

    def put(self, document: Document) -> bool:
        """Take a document, or drop it where the queue is full; say whether it was taken."""
        if not self._stop.is_set():
            with contextlib.suppress(queue.Full):
                self._waiting.put_nowait(document)
                return True
        self.drop()
        return False

    def drop(self) -> None:
        """Count a document that could not be made, or found no room."""
        self._count(dropped=1)

    def close(self) -> None:
        """Write what waits, for 5 s at most; what is left is dropped and counted."""
        self._stop.set()
        self._thread.join(_CLOSE_S)
        self._count(dropped=self._waiting.qsize())

    def _run(self) -> None:
        while not (self._stop.is_set() and self._waiting.empty()):
            batch = self._batch()
            if batch:
                self._write(batch)

    def _batch(self) -> list[Document]:
        found: list[Document] = []
        with contextlib.suppress(queue.Empty):
            found.append(self._waiting.get(timeout=_WAIT_S if not self._stop.is_set() else 0.01))
            while len(found) < _BATCH:
                found.append(self._waiting.get_nowait())
        return found

    def _write(self, batch: list[Document]) -> None:
        left = batch
        for attempt in range(_TRIES):
            if attempt:
                self._stop.wait(self._pause_s * 2 ** (attempt - 1))
            try:
                left = self._counted(left, self._send(body_of(left)))
            except TransportError:
                continue
            except Exception as error:  # noqa: BLE001 - whatever it is, the next ones may go through
                self._drop(left, type(error).__name__)
                return
            if not left:
                return
        self._drop(left, "the cluster took none")

    def _drop(self, batch: list[Document], why: str) -> None:
        self._count(dropped=len(batch))
        log.warning("behaviour: %d documents dropped, %s", len(batch), why)

    def _counted(self, batch: list[Document], statuses: Sequence[int]) -> list[Document]:
        """Count the items, and return those that the cluster was too busy for."""
        # 409: the request before was written, and only its answer was lost.
        done = sum(status in {200, 201, 409} for status in statuses)
        busy = [one for one, status in zip(batch, statuses, strict=True) if status in {429, 503}]
        self._count(written=done, refused=len(batch) - done - len(busy))
        return busy

    def _count(self, written: int = 0, dropped: int = 0, refused: int = 0) -> None:
        with self._lock:
            now = self._tally
            self._tally = replace(
                now,
                written=now.written + written,
                dropped=now.dropped + dropped,
                refused=now.refused + refused,
            )
        for name, number in (("written", written), ("dropped", dropped), ("refused", refused)):
            if number:
                self._told(name, number)


def body_of(batch: Sequence[Document]) -> bytes:
    """Return the body of a bulk request that creates each document once, where its alias is there.

    Else a cluster would make an index of that name, with a mapping that it guesses.
    """
    lines: list[Any] = []
    for one in batch:
        where = {"_index": one.index, "_id": one.id, "require_alias": True}
        lines += [{"create": where}, one.source]
    return b"".join(orjson.dumps(line) + b"\n" for line in lines)
