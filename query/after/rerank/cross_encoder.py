"""A cross-encoder: one model reads the query and a text together."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connector.encoder import device_of, dtype_of
from connector.encoder.loading import from_folder
from connector.errors import EncoderError
from connector.model import locate
from connector.settings import EncoderSettings
from query.ranking import Floats

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class CrossEncoderScorer:
    """Gives the sigmoid of the model's one output. Threads take turns.

    Args:
        name: a hub name, a folder, or `package:NAME`.
        revision: commit of a hub model.
        settings: where and how it runs.
    """

    def __init__(self, name: str, revision: str | None, settings: EncoderSettings) -> None:
        self._name, self._revision, self._settings = name, revision, settings
        self._turn = threading.Lock()
        self._model: CrossEncoder | None = None
        self._fault = ""

    def load(self) -> None:
        """Load the model; a fault is remembered, for trying again takes as long as a search.

        Raises:
            EncoderError: it cannot be found or loaded, or is no reranker.
        """
        with self._turn:
            if self._fault:
                raise EncoderError(self._fault)
            if self._model is None:
                try:
                    self._model = _load(self._name, self._revision, self._settings)
                except EncoderError as error:
                    self._fault = str(error)
                    raise

    def score(self, query: str, texts: Sequence[str]) -> Floats:
        """Return how well texts answer a query, float32 (len(texts),), 0 to 1.

        Raises:
            EncoderError: the model fails, or gives something that is no score.
        """
        self.load()
        with self._turn:
            scores = self._predict([(query, text) for text in texts])
        if not np.isfinite(scores).all():
            raise EncoderError(f"reranker {self._name!r} gave a score that is not finite")
        return scores

    def _predict(self, pairs: list[tuple[str, str]]) -> Floats:
        import torch

        model = self._model
        if model is None:
            raise EncoderError(f"reranker {self._name!r} is not loaded")
        try:
            found = model.predict(
                pairs,
                batch_size=len(pairs),
                activation_fn=torch.nn.Sigmoid(),
                show_progress_bar=False,
            )
        # A text of more words than the model has places for is an IndexError, off a GPU.
        except (RuntimeError, IndexError) as error:
            raise EncoderError(
                f"reranker {self._name!r} failed: {' '.join(str(error).split())[:200]}"
            ) from error
        return np.asarray(found, np.float32)


def _load(name: str, revision: str | None, settings: EncoderSettings) -> "CrossEncoder":
    from sentence_transformers import CrossEncoder

    # Cross-encoders from before sentence-transformers 5 have no modules.json.
    folder = locate(name, revision, "config.json")
    device = device_of(settings.device)
    model: CrossEncoder = from_folder(
        CrossEncoder, f"reranker {name!r} in {folder}", folder, device
    )
    _require_trained(model, name)
    if model.num_labels != 1:
        raise EncoderError(f"reranker {name!r} has {model.num_labels} outputs; a reranker has one")
    if dtype_of(settings.dtype, device) == "bfloat16":
        model = model.bfloat16()
    return model


def _require_trained(model: "CrossEncoder", name: str) -> None:
    """Refuse weights without a classifier: it would be drawn at random, anew in every process."""
    network: Any = model[0].model
    kind = type(network).__name__
    saved = network.config.architectures or ["no model that it names"]
    if kind not in saved:
        raise EncoderError(
            f"reranker {name!r} is {saved[0]} in its config.json, an encoder and no cross-encoder: "
            f"a {kind} needs weights that were trained as one"
        )
