"""Vectors of query texts, remembered; who asks while the model computes is answered together.

One forward pass of eight short texts costs about two of one, and beside busy threads, which it has
to wait for again and again, not more than one.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from connector.encoder.tokens import Vectors
from connector.errors import EncoderError

# Texts of one forward pass: with more, the first waits longer than it gains.
_TOGETHER = 16


class QueryVectors:
    """Remembers the vectors of the texts that were asked for last. Threads may share it.

    A text's vector is the same as long as it is remembered. Computed anew, in other company, it
    differs by about 3e-5 in cosine.

    Args:
        encode: texts to float32 (texts, dimension); one thread at a time calls it.
        most: that are remembered.

    Attributes:
        hits: texts that were known, or being computed, when they were asked for.
        misses: texts that were not.
    """

    def __init__(self, encode: Callable[[Sequence[str]], Vectors], most: int) -> None:
        self._encode, self._most = encode, most
        self._known: OrderedDict[str, Future[Vectors]] = OrderedDict()
        self._waiting: dict[str, Future[Vectors]] = {}
        self._lock, self._turn = threading.Lock(), threading.Lock()
        self.hits = self.misses = 0

    def of(self, texts: Sequence[str]) -> list[Vectors]:
        """Return one vector a text, float32 (dimension,).

        Raises:
            EncoderError: a text's vector is not finite; nobody else's is lost.
            Exception: whatever else `encode` raises.
        """
        with self._lock:
            asked = [self._ask(text) for text in texts]
        for one in asked:
            while not one.done():
                with self._turn:
                    if not one.done():
                        self._compute(self._next())
        return [one.result() for one in asked]

    def forget(self) -> None:
        """Forget all vectors."""
        with self._lock:
            self._known.clear()

    def _ask(self, text: str) -> Future[Vectors]:
        one = self._known.get(text)
        if one is not None:
            self.hits += 1
            self._known.move_to_end(text)
            return one
        self.misses += 1
        # Forgotten while it waits, it need not be computed twice.
        one = self._known[text] = self._waiting.setdefault(text, Future())
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return one

    def _next(self) -> dict[str, Future[Vectors]]:
        """Take the texts that wait longest, in the order in which they came."""
        with self._lock:
            texts = list(self._waiting)[:_TOGETHER]
            return {text: self._waiting.pop(text) for text in texts}

    def _compute(self, batch: dict[str, Future[Vectors]]) -> None:
        """Settle every text of a batch, also when the thread is ended on the way."""
        try:
            self._settle(batch)
        except BaseException as error:
            self._fail({text: one for text, one in batch.items() if not one.done()}, error)
            if not isinstance(error, Exception):
                raise

    def _settle(self, batch: dict[str, Future[Vectors]]) -> None:
        try:
            vectors = self._encode(list(batch))
        except EncoderError:
            if len(batch) == 1:
                raise
            # One text spoils it for all: each by itself.
            for text, one in batch.items():
                self._compute({text: one})
        else:
            for one, vector in zip(batch.values(), vectors, strict=True):
                one.set_result(vector)

    def _fail(self, batch: dict[str, Future[Vectors]], error: BaseException) -> None:
        """Tell all who wait, and try again when next asked."""
        with self._lock:
            for text, one in batch.items():
                if self._known.get(text) is one:
                    del self._known[text]
        for one in batch.values():
            one.set_exception(error)
