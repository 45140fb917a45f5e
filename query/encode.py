"""Query vectors: the model is loaded when the first one is needed, and checked before that."""

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from connector.settings import EncoderSettings
from mappings.contract import contract_of, require_same
from mappings.live import LiveIndex

if TYPE_CHECKING:
    from connector.encoder import Encoder, Vectors
    from connector.model import ModelIdentity

# 10,000 vectors of 384 numbers take 15 MB.
_REMEMBERED = 10_000
# Indices and users of one process share a model; the last searcher to go lets go of it.
_loaded: "WeakValueDictionary[tuple[ModelIdentity, EncoderSettings], Encoder]" = (
    WeakValueDictionary()
)
_loading = threading.Lock()


class QueryEncoder:
    """Embeds query texts for one index with the model it was built with. Threads may share it."""

    def __init__(self, live: LiveIndex, settings: EncoderSettings) -> None:
        self._live, self._settings = live, settings
        self._encoder: Encoder | None = None
        # A tokenizer refuses a second thread while it works.
        self._lock = threading.RLock()
        self.vector = lru_cache(_REMEMBERED)(self._encode)
        self.legibility = lru_cache(_REMEMBERED)(self._legibility)

    def mean(self, texts: Sequence[str]) -> "Vectors":
        """Return the mean direction of texts: float32, shape (dimension,), length 1."""
        import numpy as np

        if len(texts) == 1:
            return self.vector(texts[0])
        vectors = [self.vector(text) for text in texts]
        mean: Vectors = np.mean(vectors, axis=0, dtype=np.float32)
        length = float(np.linalg.norm(mean))
        # Opposite texts have no mean direction; the first is what was asked.
        return mean / length if length else self.vector(texts[0])

    def _encode(self, text: str) -> "Vectors":
        """Return the text's vector: float32, shape (dimension,), length 1.

        Raises:
            ModelMismatchError: the model here is not the one the index was built with.
            EncoderError: the model cannot be found or loaded.
        """
        with self._lock:
            return self.load().encode_query(text)

    def _legibility(self, text: str) -> float:
        """Return how far the model can read the text: 1 whole, 0 half or less; errors as `vector`.

        An English model maps every Chinese query to about the same place; what it finds there
        is noise, which must not outweigh the words.
        """
        with self._lock:
            return max(0.0, 1.0 - 2.0 * self.load().unknown_share(text))

    def lend(self, encoder: "Encoder") -> None:
        """Take an encoder that is loaded already; it is of the index's model."""
        self._encoder = encoder

    def load(self) -> "Encoder":
        """Return the encoder, loading it the first time; errors as `vector`."""
        with self._lock:
            if self._encoder is None:
                self._encoder = self._load()
            return self._encoder

    def _load(self) -> "Encoder":
        contract = contract_of(self._live.catalogue)
        require_same(contract, self._live.model, self._live.physical)
        from connector.encoder import Encoder

        key = (contract.identity, self._settings)
        with _loading:
            encoder = _loaded.get(key)
            if encoder is None:
                encoder = _loaded[key] = Encoder.load(*key)
        return encoder
