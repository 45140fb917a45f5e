"""Texts as a model reads them: the numbers of their tokens, longest first, without padding."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """Tokenised texts. A text is one row, or several where it is read in pieces.

    Attributes:
        ids: int32 (sum of lengths,), the rows' tokens one after the other.
        lengths: int32 (rows,), tokens of each row, descending.
        owners: intp (rows,), which of the texts a row belongs to, 0 to len - 1.
        wordless: bool (texts,), whether the model finds nothing in a text but its own marks.
        cut: bool (texts,), whether a text is longer than the model's window.
        prompt_length: tokens of the prompt that every row begins with.
    """

    ids: NDArray[np.int32]
    lengths: NDArray[np.int32]
    owners: NDArray[np.intp]
    wordless: NDArray[np.bool_]
    cut: NDArray[np.bool_]
    prompt_length: int = 0

    def __len__(self) -> int:
        return len(self.wordless)

    @property
    def nbytes(self) -> int:
        """Bytes of memory held."""
        arrays = (self.ids, self.lengths, self.owners, self.wordless, self.cut)
        return sum(array.nbytes for array in arrays)

    def padded(self, budget: int) -> int:
        """Return the tokens that the device computes, padding included; `len(ids)` are real."""
        batches = self.micro_batches(budget)
        return sum(int(self.lengths[rows.start]) * (rows.stop - rows.start) for rows in batches)

    def micro_batches(self, budget: int) -> Iterator[slice]:
        """Yield rows that go through the model together: at most `budget` tokens, padded ones too.

        A row longer than the budget goes alone.
        """
        start = 0
        while start < len(self.lengths):
            stop = start + max(1, budget // max(1, int(self.lengths[start])))
            yield slice(start, min(stop, len(self.lengths)))
            start = stop

    def select(self, texts: NDArray[np.bool_]) -> "Tokens":
        """Return some of the texts, in their order; `texts` is bool (texts,)."""
        rows = texts[self.owners]
        return Tokens(
            self.ids[np.repeat(rows, self.lengths)],
            self.lengths[rows],
            (np.cumsum(texts) - 1)[self.owners[rows]],
            self.wordless[texts],
            self.cut[texts],
            self.prompt_length,
        )

    def pool(self, rows: Vectors) -> Vectors:
        """Return one vector a text from one a row.

        A text in pieces gets the mean of theirs, each weighted by its tokens: float32
        (texts, dimension), length 1, or NaN where a piece is.
        """
        vectors = np.zeros((len(self), rows.shape[1]), np.float32)
        if len(rows) == len(self):
            vectors[self.owners] = rows
            return vectors
        np.add.at(vectors, self.owners, rows * self.lengths[:, None].astype(np.float32))
        with np.errstate(invalid="ignore", divide="ignore"):
            pooled: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return pooled


def pack(
    rows: Sequence[tuple[int, Sequence[int]]],
    wordless: Sequence[bool],
    cut: Sequence[bool],
    prompt_length: int = 0,
) -> Tokens:
    """Put rows, each with the text it belongs to, in order of length."""
    ordered = sorted(rows, key=lambda row: -len(row[1]))
    return Tokens(
        np.array(list(chain.from_iterable(ids for _, ids in ordered)), np.int32),
        np.array([len(ids) for _, ids in ordered], np.int32),
        np.array([owner for owner, _ in ordered], np.intp),
        np.array(wordless, np.bool_),
        np.array(cut, np.bool_),
        prompt_length,
    )


def finite(vectors: Vectors) -> NDArray[np.bool_]:
    """Return which rows hold numbers alone, bool (rows,)."""
    rows: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(vectors), axis=1)
    return rows
