"""Stored values of a field as numbers: one per product, NaN where there is none."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def first(cell: Any) -> Any:
    """Return a product's value; doc values come in lists, of several the first counts."""
    if isinstance(cell, list | tuple):
        return cell[0] if cell else None
    return cell


def numbers(column: Sequence[Any]) -> Numbers:
    """Return float64 (N,) of numbers, and of booleans as 0 and 1."""
    cells = (first(cell) for cell in column)
    return np.array([np.nan if cell is None else float(cell) for cell in cells], np.float64)


def ages(column: Sequence[Any], now: datetime) -> Numbers:
    """Return float64 (N,), days from ISO 8601 times to now; a time to come is no days ago."""
    cells = (first(cell) for cell in column)
    return np.array([np.nan if cell is None else _days(cell, now) for cell in cells], np.float64)


def _days(cell: str, now: datetime) -> float:
    time = datetime.fromisoformat(cell)
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return max(0.0, (now - time).total_seconds() / 86_400)
