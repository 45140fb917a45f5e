"""Texts become vectors in two steps, each text once; no fault of the model loses a product."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from connector.encoder import Tokens, finite
from connector.errors import ConnectorError
from ingest.vector_cache import Vector, VectorCache

log = logging.getLogger(__name__)


class DocumentEncoder(Protocol):
    """What embedding needs of `connector.encoder.Encoder`."""

    budget: int

    def tokenise(self, texts: Sequence[str], /) -> Tokens:
        """Return the texts as the model reads them."""

    def encode(self, tokens: Tokens, /) -> Vector:
        """Return float32 of shape (len(tokens), dimension), or raise; NaN for a text it fails on."""

    def give_up(self) -> None:
        """Make `encode`, under way in another thread, raise a ConnectorError before long."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A batch's distinct texts, tokenised where they are new.

    Attributes:
        known: vector by text that was embedded before; None: the model sees nothing in the text.
        texts: the others, as far as they can be tokenised.
        tokens: theirs, in the same order; None where there are none.
    """

    known: Mapping[str, Vector | None] = field(default_factory=dict)
    texts: Sequence[str] = ()
    tokens: Tokens | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the tokens hold."""
        return self.tokens.nbytes if self.tokens is not None else 0

    @property
    def reused(self) -> int:
        """How many texts have vectors from an earlier batch."""
        return sum(vector is not None for vector in self.known.values())

    @property
    def cut(self) -> int:
        """How many of the texts are longer than the model's window."""
        return int(self.tokens.cut.sum()) if self.tokens is not None else 0


@dataclass(frozen=True, slots=True)
class Embedded:
    """What became of a batch's texts.

    Attributes:
        vectors: by text, float32 (dimension,), finite; None: there is nothing to embed in it. A
            text that the model failed on is missing.
        texts: how many the model embedded now, failed ones among them.
        tokens: theirs, padding aside.
        padded: tokens that the device computed for them.
        seconds: that it took.
    """

    vectors: Mapping[str, Vector | None] = field(default_factory=dict)
    texts: int = 0
    tokens: int = 0
    padded: int = 0
    seconds: float = 0.0


class Embedder:
    """Embeds texts in two steps, for two threads: `read` while the device is busy with `embed`.

    Args:
        load: loads the model; called once, when the first text needs it.
        cache: vectors across batches.
    """

    def __init__(self, load: Callable[[], DocumentEncoder], cache: VectorCache) -> None:
        self._load, self._cache = load, cache
        self._loading = threading.Lock()

    @cached_property
    def _loaded(self) -> DocumentEncoder:
        return self._load()

    @property
    def _encoder(self) -> DocumentEncoder:
        with self._loading:
            return self._loaded

    def read(self, texts: Sequence[str]) -> Reading:
        """Look distinct texts up and tokenise the rest.

        Raises:
            ConnectorError: the model cannot be loaded.
        """
        known: dict[str, Vector | None] = dict(self._cache.find(texts))
        new = [text for text in texts if text not in known]
        if not new:
            return Reading(known)
        new, tokens = _tokenised(self._encoder, new)
        known |= {text: None for text, nothing in zip(new, tokens.wordless, strict=True) if nothing}
        rest = [text for text in new if text not in known]
        return Reading(known, rest, tokens.select(~tokens.wordless))

    def embed(self, reading: Reading) -> Embedded:
        """Embed what was read.

        Raises:
            DeviceLostError: the device is gone; nothing is known about the texts.
        """
        # A batch that was under way when these were tokenised may have had some of them.
        met = self._cache.find(reading.texts)
        fresh = [text for text in reading.texts if text not in met]
        known = {**reading.known, **met}
        if not fresh or reading.tokens is None:
            return Embedded(known)
        new = np.array([text not in met for text in reading.texts])
        tokens = reading.tokens.select(new)
        started = time.perf_counter()
        found = _embed(self._encoder, fresh, tokens)
        seconds = time.perf_counter() - started
        self._cache.keep(found)
        padded = tokens.padded(self._encoder.budget)
        return Embedded({**known, **found}, len(fresh), len(tokens.ids), padded, seconds)

    def give_up(self) -> None:
        """Embed no more, not even to the end of what is under way in another thread."""
        if "_loaded" in self.__dict__:
            self._loaded.give_up()


def _tokenised(encoder: DocumentEncoder, texts: list[str]) -> tuple[list[str], Tokens]:
    """Tokenise texts; one that cannot be is left out, its neighbours are not."""
    try:
        return texts, encoder.tokenise(texts)
    except Exception:  # noqa: BLE001 - whatever the tokenizer does, the products are written
        readable = [text for text in texts if _readable(encoder, text)]
        return readable, encoder.tokenise(readable)


def _readable(encoder: DocumentEncoder, text: str) -> bool:
    try:
        encoder.tokenise([text])
    except Exception as error:  # noqa: BLE001 - see _tokenised
        log.warning("a text cannot be tokenised: %s", type(error).__name__)
        return False
    return True


def _embed(encoder: DocumentEncoder, texts: list[str], tokens: Tokens) -> dict[str, Vector]:
    """Halve a batch that fails until the failing text stands alone: neighbours get vectors."""
    try:
        vectors = encoder.encode(tokens)
    except ConnectorError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the model does, the product is written
        if len(texts) == 1:
            log.warning("a text is not embedded: %s", type(error).__name__)
            return {}
        middle = len(texts) // 2
        first = np.arange(len(texts)) < middle
        return _embed(encoder, texts[:middle], tokens.select(first)) | _embed(
            encoder, texts[middle:], tokens.select(~first)
        )
    good = finite(vectors)
    if not good.all():
        log.warning("%d of %d texts have no finite vector", int((~good).sum()), len(texts))
    return {text: row for text, row, is_good in zip(texts, vectors, good, strict=True) if is_good}
