"""The interval of a share that was counted."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

_Z_95 = 1.959964
Floats = NDArray[np.float64]


def wilson(share: ArrayLike, trials: ArrayLike) -> tuple[Floats, Floats]:
    """Return the ends of shares' 95 % score intervals (Wilson 1927), float64 in [0, 1].

    Args:
        share: of successes, 0 to 1, any shape.
        trials: above 0, of the same shape; need not be whole.
    """
    part = np.asarray(share, np.float64)
    square = _Z_95**2 / np.asarray(trials, np.float64)
    middle = (part + square / 2) / (1 + square)
    half = np.sqrt(part * (1 - part) * square + square**2 / 4) / (1 + square)
    return np.maximum(0.0, middle - half), np.minimum(1.0, middle + half)
