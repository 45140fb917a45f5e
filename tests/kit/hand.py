"""A worker of a distributed reindex whose model takes a set time: `python -m kit.hand SECONDS …`.

The rest of the line is the command's. Two cores cannot show how two accelerators share a run.
"""

import hashlib
import sys
import time
from collections.abc import Sequence

import numpy as np

from ingest.embedder import Embedded, Reading


class Simulated:
    """An embedder of `seconds` a text, whose vectors say which text they are of, and no more."""

    def __init__(self, seconds: float, dimension: int) -> None:
        self._seconds, self._dimension = seconds, dimension

    def read(self, texts: Sequence[str]) -> Reading:
        """Take the texts as they are."""
        return Reading({}, list(texts))

    def embed(self, reading: Reading) -> Embedded:
        """Take as long as a model would."""
        time.sleep(self._seconds * len(reading.texts))
        vectors = {text: self._vector(text) for text in reading.texts}
        return Embedded(vectors, len(vectors))

    def _vector(self, text: str) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
        vector = np.random.default_rng(seed).normal(size=self._dimension).astype(np.float32)
        return vector / np.linalg.norm(vector)


def main() -> None:
    """Run the command with every passage's embedder exchanged."""
    from connector.cli import run
    from ingest.reindex import passage

    seconds = float(sys.argv[1])
    passage.Embedder = lambda *_: Simulated(seconds, 32)  # type: ignore[misc,assignment]
    sys.exit(run(sys.argv[2:]))


if __name__ == "__main__":
    main()
