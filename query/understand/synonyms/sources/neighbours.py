"""Terms whose vectors are each other's nearest: what the encoder holds for the same."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from query.understand.synonyms.sources.apart import opposed, same
from query.understand.synonyms.sources.vocabulary import Key, Vocabulary

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]

# Below this cosine neighbours are about the same thing rather than the same: docs/synonyms.md.
CLOSE = 0.7
# Synonyms replace one another: a pair that often stands in one title is no pair of synonyms.
TOGETHER = 0.05
# The most frequent terms; a million would be compared with a million.
MOST_TERMS = 20_000
_AT_ONCE = 1024


def candidates(words: Vocabulary, encode: Encode) -> Iterator[tuple[Key, Key, float]]:
    """Yield pairs of terms with the cosine of their vectors, 0 to 1.

    Both are in at least three titles, are each other's nearest, rarely share a title and are neither
    `same` nor `opposed`.

    Args:
        words: of the catalogue.
        encode: float32 (n, dimension), rows of length 1, from n texts.
    """
    terms = sorted(words.holders, key=lambda term: (-words.df(term), term))[:MOST_TERMS]
    if len(terms) < len(("one", "other")):
        return
    nearest, cosines = _nearest(encode([words.spelling[term] for term in terms]))
    for row, other in enumerate(nearest):
        if row < other and nearest[other] == row and cosines[row] >= CLOSE:
            pair = terms[row], terms[other]
            if not (same(*pair) or opposed(words, *pair) or _often_together(words, *pair)):
                yield *pair, min(float(cosines[row]), 1.0)


def _nearest(vectors: Vectors) -> tuple[NDArray[np.intp], Vectors]:
    """Return each row's nearest other row and their cosine, shape (n,) each."""
    nearest = np.empty(len(vectors), dtype=np.intp)
    cosines = np.empty(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), _AT_ONCE):
        block = vectors[start : start + _AT_ONCE] @ vectors.T
        rows = np.arange(len(block))
        block[rows, start + rows] = -1
        place = block.argmax(axis=1)
        nearest[start : start + _AT_ONCE] = place
        cosines[start : start + _AT_ONCE] = block[rows, place]
    return nearest, cosines


def _often_together(words: Vocabulary, one: Key, other: Key) -> bool:
    return words.together(one, other) > TOGETHER * min(words.df(one), words.df(other))
