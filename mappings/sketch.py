"""Sketches: a product's vectors in a few bytes, so that a search can compare its candidates.

The mean of a product's vectors at four bits a number, kept as a doc value: 260 characters for 384
numbers, where the vectors themselves would be ten thousand. A cosine read from it is off by about
.005. Written beside the vectors, read by the terms that look at candidates' neighbours.
"""

import base64
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

# 4-bit uniform quantiser for a normal distribution: least squared error at 2.73 standard deviations.
# Max (1960), Quantizing for Minimum Distortion.
_REACH = 2.73
_LEVELS = 16
_STEP_BYTES = 2
# What each byte stands for, in steps: the middles of two levels.
_PAIRS = np.array([(byte >> 4, byte & 15) for byte in range(256)], np.float32) - 7.5


def sketch(vectors: Sequence[Vectors]) -> str:
    """Return the sketch of a product.

    Args:
        vectors: of its fields, at least one, float32 of shape (dimension,).

    Returns:
        Base64 without padding: a float16 step, then two numbers a byte.
    """
    mean: Vectors = np.asarray(vectors, np.float32).mean(axis=0)
    step = np.float16(np.sqrt(np.mean(mean**2)) * 2 * _REACH / _LEVELS)
    steps = np.floor(mean / np.float32(step or 1))
    levels = np.clip(steps + _LEVELS // 2, 0, _LEVELS - 1)
    packed = np.zeros(_size(len(mean)) - _STEP_BYTES, np.uint8)
    halves = np.pad(levels.astype(np.uint8), (0, len(mean) % 2)).reshape(-1, 2)
    packed[: len(halves)] = halves[:, 0] << 4 | halves[:, 1]
    return base64.b64encode(step.tobytes() + packed.tobytes()).decode()


def read(sketches: Sequence[str | None], dimension: int) -> Vectors:
    """Return the vectors that sketches stand for.

    Args:
        sketches: of products of one index; None for a product without vectors.
        dimension: of the vectors.

    Returns:
        float32, shape (len(sketches), dimension); zeros where there is no sketch.
    """
    there = [number for number, one in enumerate(sketches) if one]
    if not there:
        return np.zeros((len(sketches), dimension), np.float32)
    # Every sketch is a whole number of base64's groups, so that all are decoded at once.
    joined = base64.b64decode("".join(one for one in sketches if one))
    rows = np.frombuffer(joined, np.uint8).reshape(len(there), _size(dimension))
    steps = np.ascontiguousarray(rows[:, :_STEP_BYTES]).view(np.float16).astype(np.float32)
    pairs = np.take(_PAIRS, rows[:, _STEP_BYTES:], axis=0)
    found: Vectors = pairs.reshape(len(there), -1)[:, :dimension] * steps
    if len(there) == len(sketches):
        return found
    vectors = np.zeros((len(sketches), dimension), np.float32)
    vectors[there] = found
    return vectors


def _size(dimension: int) -> int:
    """Return a sketch's bytes, a multiple of three: base64 needs no padding then."""
    size = _STEP_BYTES + (dimension + 1) // 2
    return size + -size % 3
