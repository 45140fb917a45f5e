"""One sentence-transformers model: texts in, vectors of length 1 out."""

import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connector.encoder.device import budget_of, device_of, dtype_of, threads
from connector.encoder.loading import load_model
from connector.encoder.network import Network
from connector.encoder.tokeniser import Tokeniser
from connector.encoder.tokens import Tokens, Vectors, finite
from connector.errors import EncoderError
from connector.model import ModelIdentity, locate
from connector.settings import EncoderSettings

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

# What queries look like: several with padding, one alone, one of a letter, one of many words.
_SAMPLES = (
    ("waterproof trail running shoes for women, size 7", "usb-c cable", "羽绒服 女 黑色"),
    ("espresso machine with steam wand",),
    ("a",),
    ("6ft hdmi 2.1 cable for a tv, braided, without adapters, black or grey, under $20, " * 3,),
)


class Encoder:
    """One loaded model. Threads may share it: one tokenises while another encodes.

    Attributes:
        identity: which model this is; compare it before vectors meet.
        budget: padded tokens of one forward pass; halved when they do not fit the device.

    Args:
        identity: see above.
        model: in evaluation mode, on its device.
        budget: see above.
        query_threads: of the processor for queries; 0: all.
    """

    def __init__(
        self,
        identity: ModelIdentity,
        model: "SentenceTransformer",
        budget: int,
        query_threads: int = 1,
    ) -> None:
        self.identity = identity
        self._query_threads = query_threads
        self.budget = budget
        self._tokeniser = Tokeniser(model, identity.name, identity.max_tokens)
        self._given_up = threading.Event()
        self._network = self._network_of(model)
        self._precise: Network | None = self._network if self._network.precise else None
        self._turn = threading.Lock()

    @classmethod
    def load(cls, identity: ModelIdentity, settings: EncoderSettings) -> "Encoder":
        """Load the model that `connector.model.identify` described onto its device.

        Raises:
            EncoderError: it cannot be found or loaded; the message says what to do.
        """
        device = device_of(settings.device)
        log.info("loading model %s", identity.name)
        model = load_model(locate(identity.name, identity.revision), device)
        if dtype_of(settings.dtype, device) == "bfloat16":
            model = model.bfloat16()
        log.info("model %s on %s as %s", identity.name, device, next(model.parameters()).dtype)
        budget = budget_of(settings.batch_tokens, device)
        return cls(identity, model.eval().requires_grad_(False), budget, settings.query_threads)

    def hasten(self) -> None:
        """Compute queries faster from now on, on a processor; costs a fifth of a second.

        Batches of products gain nothing from it.
        """
        prompt = self.identity.query_prompt
        with self._turn, threads(self._query_threads):
            self._network.trace([self._tokeniser.read(texts, prompt) for texts in _SAMPLES])

    @property
    def device(self) -> "torch.device":
        """Where the model runs."""
        return self._network.model.device

    @property
    def dtype(self) -> "torch.dtype":
        """What it computes in."""
        return next(self._network.model.parameters()).dtype

    def tokenise(self, texts: Sequence[str]) -> Tokens:
        """Read product texts, without the device; `Tokens.nbytes` is what they weigh."""
        chunk = self.identity.long_text == "chunk"
        return self._tokeniser.read(texts, self.identity.document_prompt, chunk=chunk)

    def encode(self, tokens: Tokens) -> Vectors:
        """Embed texts that were tokenised.

        Returns:
            float32, shape (len(tokens), dimension), each row of length 1. The same text in another
            batch differs by about 3e-5 in cosine. A row for which the model gives zero or no
            number, also in float32, is NaN.

        Raises:
            DeviceLostError: the device is gone; only a new process may find it well.
        """
        with self._turn:
            return self._encode(tokens)

    def give_up(self) -> None:
        """Embed no more: an `encode` under way in another thread raises at its next micro-batch.

        A process that ends while the model computes in a thread does not end well.
        """
        self._given_up.set()

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Tokenise and embed product texts; see `encode`.

        Raises:
            EncoderError: a row is not finite.
        """
        return self._finite(self.encode(self.tokenise(texts)))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed a few queries: float32, shape (len(texts), dimension). See `encode_documents`.

        So few tokens gain nothing from a second thread and lose much by waiting for it where the
        processor has other work.
        """
        tokens = self._tokeniser.read(texts, self.identity.query_prompt)
        with self._turn, threads(self._query_threads):
            return self._finite(self._encode(tokens))

    def encode_tokens(self, texts: Sequence[str], prompt: str) -> list[Vectors]:
        """Embed the tokens of a few texts, each as it stands in its text, in one forward pass.

        Returns:
            Per text float32 of shape (tokens, hidden size), each row of length 1; the tokenizer's
            own marks at the ends of a text are left out.
        """
        with self._turn, self._tokeniser.turn:
            model = self._network.model
            found: Any = model.encode(
                list(texts),
                prompt=prompt or None,
                batch_size=len(texts),
                output_value="token_embeddings",
                convert_to_numpy=False,
                show_progress_bar=False,
            )
            marks = model.tokenizer(
                [prompt + text for text in texts],
                truncation=True,
                max_length=self._tokeniser.window,
                return_special_tokens_mask=True,
            )["special_tokens_mask"]
        return [
            _normalised(rows.float().cpu().numpy()[-len(mark) :][np.array(mark) == 0])
            for rows, mark in zip(found, marks, strict=True)
        ]

    def unknown_share(self, text: str) -> float:
        """Return the share of a text's tokens that the model has no entry for, 0 to 1.

        A text in a script the model was not trained on is mostly such tokens, and its vector
        says next to nothing.
        """
        return self._tokeniser.unknown_share(text)

    def _network_of(self, model: "SentenceTransformer") -> Network:
        pad, left = self._tokeniser.pad, self._tokeniser.pads_left
        return Network(model, pad, left, self._given_up)

    def _encode(self, tokens: Tokens) -> Vectors:
        vectors = tokens.pool(self._forward(self._network, tokens))
        bad = ~finite(vectors)
        if bad.any() and self._network is not self._precise:
            vectors[bad] = self._again(tokens.select(bad))
        return vectors

    def _forward(self, network: Network, tokens: Tokens) -> Vectors:
        """Run the model, with less at once when the device has no memory for so much."""
        import torch

        while True:
            try:
                return network.forward(tokens, self.budget)
            except torch.OutOfMemoryError:
                if self.budget <= self._tokeniser.window:
                    raise
                self.budget = max(self._tokeniser.window, self.budget // 2)
                log.warning("out of device memory; encoder.batch_tokens is now %d", self.budget)

    def _again(self, tokens: Tokens) -> Vectors:
        """Compute texts that came out non-finite once more in float32; low precision overflows."""
        if self._precise is None:
            folder = locate(self.identity.name, self.identity.revision)
            self._precise = self._network_of(load_model(folder, "cpu").eval())
        log.warning("%d text(s) not finite; computed again in float32", len(tokens))
        return tokens.pool(self._forward(self._precise, tokens))

    def _finite(self, vectors: Vectors) -> Vectors:
        bad = int((~finite(vectors)).sum())
        if bad:
            raise EncoderError(
                f"model {self.identity.name!r} returned a vector that is zero or not finite for "
                f"{bad} text(s), also in float32; check its weights"
            )
        return vectors


def _normalised(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        normalised: Vectors = (vectors / lengths).astype(np.float32)
    return normalised
