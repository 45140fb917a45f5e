"""The texts and the vectors of products, many of which share them."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


def distinct(products: Iterable[Mapping[str, str]]) -> list[str]:
    """Return the texts of a batch of products, equal ones once, empty ones never."""
    return list(dict.fromkeys(text for texts in products for text in texts.values() if text))


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
