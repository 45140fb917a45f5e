"""Query vectors: the model is loaded when the first one is needed, and checked before that."""

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np

from connector.settings import EncoderSettings
from mappings.contract import contract_of, require_same
from mappings.live import LiveIndex
from query.vectors import QueryVectors

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
    """Embeds query texts for one index with the model it was built with. Threads may share it.

    Its methods raise ModelMismatchError where the model here is not the one the index was built
    with, and EncoderError where it cannot be found or loaded.

    Attributes:
        vectors: of single texts.
    """

    def __init__(self, live: LiveIndex, settings: EncoderSettings) -> None:
        self._live, self._settings = live, settings
        self._encoder: Encoder | None = None
        self._lock = threading.Lock()
        self.vectors = QueryVectors(self._encode, _REMEMBERED)
        self.legibility = lru_cache(_REMEMBERED)(self._legibility)

    def vector(self, text: str) -> "Vectors":
        """Return a text's vector: float32, shape (dimension,), length 1."""
        return self.vectors.of([text])[0]

    def means(self, groups: Sequence[Sequence[str]]) -> list["Vectors"]:
        """Return the mean direction of each group of texts: float32, shape (dimension,), length 1.

        All texts are computed together.
        """
        found = iter(self.vectors.of([text for texts in groups for text in texts]))
        return [_mean([next(found) for _ in texts]) for texts in groups]

    def _encode(self, texts: Sequence[str]) -> "Vectors":
        return self.load().encode_queries(texts)

    def _legibility(self, text: str) -> float:
        """Return how far the model can read the text: 1 whole, 0 half or less.

        An English model maps every Chinese query to about the same place; what it finds there
        is noise, which must not outweigh the words.
        """
        return max(0.0, 1.0 - 2.0 * self.load().unknown_share(text))

    def lend(self, encoder: "Encoder") -> None:
        """Take an encoder that is loaded already; it is of the index's model."""
        self._encoder = encoder

    def load(self) -> "Encoder":
        """Return the encoder, loading it the first time."""
        if self._encoder is None:
            with self._lock:
                self._encoder = self._encoder or self._load()
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
                encoder.hasten()
        return encoder


def _mean(vectors: Sequence["Vectors"]) -> "Vectors":
    if len(vectors) == 1:
        return vectors[0]
    mean: Vectors = np.mean(vectors, axis=0, dtype=np.float32)
    length = float(np.linalg.norm(mean))
    # Opposite texts have no mean direction; the first is what was asked.
    return mean / length if length else vectors[0]
