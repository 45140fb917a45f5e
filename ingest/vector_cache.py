"""Vectors of texts seen lately: the same text in a later batch is not embedded again."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

# What an entry takes beside its numbers: digest, array header, links (CPython 3.11, 64 bits).
_OVERHEAD = 350


class VectorCache:
    """Least recently used texts go first. Threads may share it.

    Args:
        limit: bytes of memory, overhead of entries included; 0 keeps nothing.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[bytes, Vector] = OrderedDict()
        self._lock = threading.Lock()
        self.nbytes = 0

    def find(self, texts: Iterable[str]) -> dict[str, Vector]:
        """Return the vectors that are known, by text."""
        found = {}
        with self._lock:
            for text in texts:
                key = _key(text)
                if (vector := self._kept.get(key)) is not None:
                    self._kept.move_to_end(key)
                    found[text] = vector
        return found

    def keep(self, vectors: Mapping[str, Vector]) -> None:
        """Remember vectors by text."""
        with self._lock:
            for text, vector in vectors.items():
                key = _key(text)
                if key not in self._kept and _size(vector) <= self._limit:
                    # A row of a batch would hold the whole batch in memory.
                    self._kept[key] = vector.copy()
                    self.nbytes += _size(vector)
            while self.nbytes > self._limit:
                self.nbytes -= _size(self._kept.popitem(last=False)[1])


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _size(vector: Vector) -> int:
    return vector.nbytes + _OVERHEAD
