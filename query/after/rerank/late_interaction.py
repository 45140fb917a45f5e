"""Late interaction: each word of the query looks for the word of a text that is most like it.

Khattab and Zaharia (2020), ColBERT: Efficient and Effective Passage Search via Contextualized Late
Interaction over BERT; here with the token vectors of the index's own model.
"""

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from connector.errors import EncoderError
from query.ranking import Floats

if TYPE_CHECKING:
    from connector.encoder import Encoder, Vectors


class LateInteraction:
    """Gives the mean over the query's tokens of the best cosine to a token of the text.

    Args:
        encoder: returns the index's model, loading it the first time.
    """

    def __init__(self, encoder: "Callable[[], Encoder]") -> None:
        self._encoder = encoder
        self._turn = threading.Lock()
        self._last: tuple[str, Vectors] | None = None

    def load(self) -> None:
        """Load the model.

        Raises:
            ModelMismatchError, EncoderError: see `query.encode.QueryEncoder`.
        """
        with self._turn:
            self._encoder()

    def score(self, query: str, texts: Sequence[str]) -> Floats:
        """Return how well texts answer a query, float32 (len(texts),), 0 to 1.

        Raises:
            EncoderError: the model gives vectors that are not finite.
        """
        with self._turn:
            encoder = self._encoder()
            asked = self._asked(encoder, query)
            found = encoder.encode_tokens(texts, encoder.identity.document_prompt)
        scores = np.array([_max_sim(asked, tokens) for tokens in found], np.float32)
        if not np.isfinite(scores).all():
            raise EncoderError(
                f"model {encoder.identity.name!r} gave a token vector that is not finite"
            )
        return np.clip(scores, 0.0, 1.0)

    def _asked(self, encoder: "Encoder", query: str) -> "Vectors":
        """Return the query's token vectors; it is asked for once per batch of texts."""
        if self._last is None or self._last[0] != query:
            [tokens] = encoder.encode_tokens([query], encoder.identity.query_prompt)
            self._last = query, tokens
        return self._last[1]


def _max_sim(query: "Vectors", text: "Vectors") -> float:
    """Return the mean best cosine; 0 when either has no token."""
    if not len(query) or not len(text):
        return 0.0
    return float((query @ text.T).max(axis=1).mean())
