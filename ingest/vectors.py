"""Texts become vectors: each text once, and no fault of the model loses a product."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

Vector = NDArray[np.float32]


class DocumentEncoder(Protocol):
    """What embedding needs of `connector.encoder.Encoder`."""

    def encode_documents(self, texts: Sequence[str], /) -> Vector:
        """Return float32 of shape (len(texts), dimension), or raise."""


def distinct(products: Iterable[Mapping[str, str]]) -> list[str]:
    """Return the texts of a batch of products, equal ones once, empty ones never."""
    return list(dict.fromkeys(text for texts in products for text in texts.values() if text))


def embed(encoder: DocumentEncoder, texts: list[str]) -> dict[str, Vector]:
    """Embed distinct texts.

    Returns:
        Vector by text, float32, shape (dimension,), finite. A text that the model failed on is
        missing; `vectors_of` then returns None for its product.
    """
    errors: list[Exception] = []
    known = _embed(encoder, texts, errors) if texts else {}
    if errors:
        log.warning("%d of %d texts not embedded: %s", len(errors), len(texts), errors[-1])
    return known


def vectors_of(
    texts: Mapping[str, str], known: Mapping[str, Vector | None]
) -> dict[str, Vector] | None:
    """Return one product's vectors by field; None if one failed.

    A text that is empty, or in which the model sees nothing (None), has no vector and is no
    failure.
    """
    if any(text and text not in known for text in texts.values()):
        return None
    found = {name: known[text] for name, text in texts.items() if text}
    return {name: vector for name, vector in found.items() if vector is not None}


def _embed(
    encoder: DocumentEncoder, texts: list[str], errors: list[Exception]
) -> dict[str, Vector]:
    """Halve a batch that fails until the failing text stands alone: neighbours get vectors."""
    try:
        vectors = encoder.encode_documents(texts)
        if not np.isfinite(vectors).all():
            raise ValueError("a vector is not finite")  # noqa: TRY301 - one way to fail
    except Exception as error:  # noqa: BLE001 - whatever the model does, the product is written
        if len(texts) == 1:
            errors.append(error)
            return {}
        middle = len(texts) // 2
        return _embed(encoder, texts[:middle], errors) | _embed(encoder, texts[middle:], errors)
    return dict(zip(texts, vectors, strict=True))
