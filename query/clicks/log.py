"""Pages that were shown and what was clicked on them, as arrays that click models count in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]
Floats = NDArray[np.float64]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Page:
    """One page that somebody saw.

    Attributes:
        query: that it answered, by id or text.
        ids: its products, best first.
        clicked: places on it, from 0, ascending.
        from_: products before it.
        client: pseudonym of who saw it; empty where nobody said.
    """

    query: str
    ids: tuple[str, ...]
    clicked: tuple[int, ...] = ()
    from_: int = 0
    client: str = ""


@dataclass(frozen=True)
class Log:
    """Pages, and every product on them as one row. I rows, P pairs of a query and a product.

    Attributes:
        pages: at least one with a product.
    """

    pages: Sequence[Page]

    @cached_property
    def _rows(self) -> tuple[list[Pair], Indices, Indices, Floats, Floats]:
        pairs: dict[Pair, int] = {}
        numbers: list[int] = []
        places: list[int] = []
        clicked: list[bool] = []
        above: list[bool] = []
        for page in self.pages:
            last = page.clicked[-1] if page.clicked else len(page.ids)
            for place, id_ in enumerate(page.ids):
                numbers.append(pairs.setdefault((page.query, id_), len(pairs)))
                places.append(page.from_ + place)
                clicked.append(place in page.clicked)
                above.append(place <= last)
        return (
            list(pairs),
            np.array(numbers, np.intp),
            np.array(places, np.intp),
            np.array(clicked, np.float64),
            np.array(above, np.float64),
        )

    @property
    def pairs(self) -> list[Pair]:
        """Return the pairs, P."""
        return self._rows[0]

    @property
    def pair(self) -> Indices:
        """Return the pair of each row, (I,)."""
        return self._rows[1]

    @property
    def place(self) -> Indices:
        """Return each row's place over all pages, from 0, (I,)."""
        return self._rows[2]

    @property
    def click(self) -> Floats:
        """Return 1 for each row that was clicked, else 0, (I,)."""
        return self._rows[3]

    @property
    def seen(self) -> Floats:
        """Return 1 for each row at or above its page's last click, all rows where there is none."""
        return self._rows[4]

    @cached_property
    def last(self) -> Floats:
        """Return 1 for each row that is its page's last click, (I,)."""
        flags = [
            bool(page.clicked) and place == page.clicked[-1]
            for page in self.pages
            for place in range(len(page.ids))
        ]
        return np.array(flags, np.float64)

    def by_pair(self, values: Floats) -> Floats:
        """Return the sum of the rows' values for each pair, (P,)."""
        return np.bincount(self.pair, values, len(self.pairs)).astype(np.float64)


@dataclass(frozen=True)
class Estimate:
    """What a model says of all pairs. P pairs.

    Attributes:
        relevance: (P,), 0 to 1: how likely a product is wanted once it is looked at.
        examined: (P,), how often it was looked at, as far as the model knows.
    """

    relevance: Floats
    examined: Floats
