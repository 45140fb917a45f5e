"""Text becomes vectors: one sentence-transformers model on whatever device there is."""

import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from connector.errors import EncoderError
from connector.model import ModelIdentity, locate
from connector.settings import EncoderSettings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]


class Encoder:
    """One loaded model. Not thread-safe: give each thread that encodes its own turn.

    Attributes:
        identity: which model this is; compare it before vectors meet.
    """

    def __init__(
        self, identity: ModelIdentity, model: "SentenceTransformer", batch_tokens: int
    ) -> None:
        self.identity = identity
        self._model = model
        self._batch_tokens = batch_tokens
        self._precise: SentenceTransformer | None = None

    @classmethod
    def load(cls, identity: ModelIdentity, settings: EncoderSettings) -> "Encoder":
        """Load the model that `connector.model.identify` described onto its device.

        Raises:
            EncoderError: it cannot be found or loaded; the message says what to do.
        """
        device = device_of(settings.device)
        model = _load(locate(identity.name, identity.revision), device)
        if dtype_of(settings.dtype, device) == "bfloat16":
            model = model.bfloat16()
        log.info("model %s on %s as %s", identity.name, device, next(model.parameters()).dtype)
        return cls(identity, model.eval(), settings.batch_tokens)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Embed product texts, shortest first, under the token budget.

        Returns:
            float32, shape (len(texts), dimension), each row of length 1. The same text in another
            batch differs by about 3e-5 in cosine.

        Raises:
            EncoderError: a row is not finite even in float32.
        """
        return self._encode(texts, self.identity.document_prompt)

    def encode_query(self, text: str) -> Vectors:
        """Embed one query: float32, shape (dimension,), length 1. See `encode_documents`."""
        vector: Vectors = self._encode([text], self.identity.query_prompt)[0]
        return vector

    def encode_tokens(self, texts: Sequence[str], prompt: str) -> list[Vectors]:
        """Embed the tokens of a few texts, each as it stands in its text, in one forward pass.

        Returns:
            Per text float32 of shape (tokens, hidden size), each row of length 1; the tokenizer's
            own marks at the ends of a text are left out.
        """
        found: Any = self._model.encode(
            list(texts),
            prompt=prompt or None,
            batch_size=len(texts),
            output_value="token_embeddings",
            convert_to_numpy=False,
            show_progress_bar=False,
        )
        tokenizer: Any = self._model.tokenizer
        marks = tokenizer(
            [prompt + text for text in texts],
            truncation=True,
            max_length=self.identity.max_tokens,
            return_special_tokens_mask=True,
        )["special_tokens_mask"]
        return [
            _normalised(rows.float().cpu().numpy()[-len(mark) :][np.array(mark) == 0])
            for rows, mark in zip(found, marks, strict=True)
        ]

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        vectors = np.empty((len(texts), self.identity.dimension), dtype=np.float32)
        for rows in self._micro_batches(texts, prompt):
            batch = [texts[row] for row in rows]
            vectors[rows] = self._finite(self._forward(self._model, batch, prompt), batch, prompt)
        return vectors

    def _micro_batches(self, texts: Sequence[str], prompt: str) -> Iterator[list[int]]:
        """Yield row numbers in order of token count, `batch_tokens` padded tokens at a time."""
        if not texts:
            return
        counts = self.count_tokens([prompt + text for text in texts])
        batch: list[int] = []
        for row in sorted(range(len(texts)), key=counts.__getitem__):
            if batch and counts[row] * (len(batch) + 1) > self._batch_tokens:
                yield batch
                batch = []
            batch.append(row)
        yield batch

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens the model sees of each text, at most its window."""
        tokenizer: Any = self._model.tokenizer
        encoded = tokenizer(
            list(texts), truncation=True, max_length=self.identity.max_tokens, padding=False
        )
        return [len(ids) for ids in encoded["input_ids"]]

    def unknown_share(self, text: str) -> float:
        """Return the share of a text's tokens that the model has no entry for, 0 to 1.

        A text in a script the model was not trained on is mostly such tokens, and its vector
        says next to nothing.
        """
        tokenizer: Any = self._model.tokenizer
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids.count(tokenizer.unk_token_id) / len(ids) if ids else 0.0

    def _forward(self, model: "SentenceTransformer", texts: list[str], prompt: str) -> Vectors:
        tensor = model.encode(
            texts,
            prompt=prompt or None,
            batch_size=len(texts),
            convert_to_tensor=True,
            show_progress_bar=False,
        )
        return _normalised(tensor.float().cpu().numpy())

    def _finite(self, vectors: Vectors, texts: list[str], prompt: str) -> Vectors:
        """Compute rows that came out non-finite once more in float32; low precision overflows."""
        bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
        if not bad.size:
            return vectors
        if self._precise is None:
            self._precise = _load(locate(self.identity.name, self.identity.revision), "cpu")
        vectors[bad] = self._forward(self._precise, [texts[row] for row in bad], prompt)
        if not np.isfinite(vectors).all():
            raise EncoderError(
                f"model {self.identity.name!r} returned a vector that is zero or not finite for "
                f"{bad.size} text(s), also in float32; check its weights"
            )
        return vectors


def _normalised(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        normalised: Vectors = (vectors / lengths).astype(np.float32)
    return normalised


def _load(folder: Any, device: str) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(
            str(folder),
            device=device,
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:
        raise EncoderError(
            f"the model in {folder} could not be loaded on {device}: {type(error).__name__}: "
            f"{' '.join(str(error).split())[:200]}"
        ) from error


def device_of(wanted: str) -> str:
    """Resolve `auto` to the best device there is."""
    import torch

    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "cuda"
    if torch.backends.mps.is_available():
        return "mps"
    return "cpu"


def dtype_of(wanted: str, device: str) -> str:
    """Resolve `auto`: bfloat16 only where the device multiplies it natively, else it is slower."""
    import torch

    if wanted != "auto":
        return wanted
    if device.startswith("cuda"):
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    abilities = torch.cpu.get_capabilities() if device == "cpu" else {}
    native = abilities.get("avx512_bf16") or abilities.get("amx_bf16")
    return "bfloat16" if native else "float32"
