"""A lexicon is mined from the products themselves, vectors and pictures left unread."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from mappings.catalogue import Catalogue
from query.engine import Engine
from query.understand.entities.census import Census, categories_of, texts_of
from query.understand.entities.kinds import entity_fields
from query.understand.lexicon import FEWEST_PRICES, Lexicon
from query.understand.words import keys

Json = Mapping[str, Any]

MOST_PRODUCTS = 50_000
_SEVERAL = 2


def mine(engine: Engine, catalogue: Catalogue) -> Lexicon:
    """Mine the live index: all products, or a random sample of `MOST_PRODUCTS`.

    Raises:
        ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
    """
    documents = engine.scan({"includes": read_fields(catalogue)}, MOST_PRODUCTS)
    sampled = engine.living() > MOST_PRODUCTS
    return replace(compiled(documents, catalogue), sampled=sampled)


def read_fields(catalogue: Catalogue) -> list[str]:
    """Return the fields a lexicon is mined from."""
    searched = [name for name, spec in catalogue.fields.items() if spec.searched]
    return list(dict.fromkeys([*searched, *entity_fields(catalogue), *_prices(catalogue)]))


def compiled(documents: Iterable[Json], catalogue: Catalogue) -> Lexicon:
    """Mine stored documents; the order in which they come changes nothing."""
    words, values, prices = _Words(catalogue), Census(catalogue), _PriceTags(catalogue)
    for document in documents:
        words.add(document)
        values.add(document)
        prices.add(document)
    return Lexicon(
        products=words.products,
        titles=dict(words.titles),
        texts=dict(words.texts),
        pairs={pair: count for pair, count in words.pairs.items() if count >= _SEVERAL},
        values=values.counted(),
        low=prices.low(),
    )


class _Words:
    """Counts words and pairs."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.products = 0
        self.titles, self.texts, self.pairs = Counter[str](), Counter[str](), Counter[str]()
        self._title = catalogue.title
        self._others = [
            name
            for name, spec in catalogue.fields.items()
            if spec.searched and name != catalogue.title
        ]

    def add(self, document: Json) -> None:
        """Count the words of one product."""
        title = keys(" ".join(texts_of(document, self._title)))
        others = " ".join(text for name in self._others for text in texts_of(document, name))
        self.products += 1
        self.titles.update(set(title))
        self.texts.update({*title, *keys(others)})
        self.pairs.update({f"{one} {other}" for one, other in pairwise(title)})


class _PriceTags:
    """Collects prices by category."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._in: dict[str, dict[str, list[float]]] = {name: {} for name in _prices(catalogue)}
        self._categories = categories_of(catalogue)

    def add(self, document: Json) -> None:
        """Collect the prices of one product."""
        categories = {text for name in self._categories for text in texts_of(document, name)}
        for name, by in self._in.items():
            if isinstance(price := document.get(name), int | float):
                for category in categories:
                    by.setdefault(category, []).append(price)

    def low(self) -> dict[str, dict[str, float]]:
        """Return what a third cost at most, of the categories that have enough prices."""
        return {
            name: {
                category: sorted(tags)[(len(tags) - 1) // 3]
                for category, tags in by.items()
                if len(tags) >= FEWEST_PRICES
            }
            for name, by in self._in.items()
        }


def _prices(catalogue: Catalogue) -> list[str]:
    return [name for name, spec in catalogue.fields.items() if spec.role == "price"]
