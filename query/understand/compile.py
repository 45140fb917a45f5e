"""A lexicon is mined from the products themselves, vectors and pictures left unread."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from mappings.catalogue import Catalogue
from query.engine import Engine
from query.understand.entities.forms import LONGEST, forms
from query.understand.entities.kinds import MODEL, entity_fields, kind_of_name
from query.understand.lexicon import Lexicon, Prices, Value
from query.understand.words import form, keys

Json = Mapping[str, Any]

MOST_PRODUCTS = 50_000
_SEVERAL = 2
# Terciles of fewer prices are chance.
_FEWEST_PRICES = 9

# Kind, field and form name an entity; a value of it is a spelling.
_Name = tuple[str, str, str]


def mine(engine: Engine, catalogue: Catalogue) -> Lexicon:
    """Mine the live index: all products, or a random sample of `MOST_PRODUCTS`.

    Raises:
        ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
    """
    return compiled(engine.scan({"includes": read_fields(catalogue)}, MOST_PRODUCTS), catalogue)


def read_fields(catalogue: Catalogue) -> list[str]:
    """Return the fields a lexicon is mined from."""
    searched = [name for name, spec in catalogue.fields.items() if spec.searched]
    return list(dict.fromkeys([*searched, *entity_fields(catalogue), *_prices(catalogue)]))


def compiled(documents: Iterable[Json], catalogue: Catalogue) -> Lexicon:
    """Mine stored documents; the order in which they come changes nothing."""
    words, values, prices = _Words(catalogue), _Values(catalogue), _PriceTags(catalogue)
    for document in documents:
        title = words.add(document)
        values.add(document, title)
        prices.add(document)
    return Lexicon(
        products=words.products,
        titles=dict(words.titles),
        texts=dict(words.texts),
        pairs={pair: count for pair, count in words.pairs.items() if count >= _SEVERAL},
        values=values.counted(),
        prices={name: found for name, tags in prices.all.items() if (found := terciles(tags))},
        prices_in=prices.by_category(),
    )


def terciles(prices: Iterable[float]) -> Prices | None:
    """Return the cheap, the middle and the dear price; None when there are too few."""
    ordered = sorted(prices)
    if len(ordered) < _FEWEST_PRICES:
        return None
    low, middle, high = (ordered[(len(ordered) - 1) * part // 6] for part in (2, 3, 4))
    return Prices(low, middle, high)


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

    def add(self, document: Json) -> list[str]:
        """Count one product; return the words of its title."""
        title = keys(" ".join(texts_of(document, self._title)))
        others = " ".join(text for name in self._others for text in texts_of(document, name))
        self.products += 1
        self.titles.update(set(title))
        self.texts.update({*title, *keys(others)})
        self.pairs.update({f"{one} {other}" for one, other in pairwise(title)})
        return title


class _Values:
    """Counts values, and how often a title that names one is of a product that has it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._kinds = entity_fields(catalogue)
        self._spellings: dict[_Name, Counter[str]] = {}
        self._products = Counter[_Name]()
        self._seen: list[tuple[str, tuple[_Name, ...]]] = []
        self._names: dict[tuple[str, str], tuple[_Name, ...]] = {}

    def add(self, document: Json, title: list[str]) -> None:
        """Count the values of one product."""
        mine: set[_Name] = set()
        for field, kind in self._kinds.items():
            for text in texts_of(document, field):
                for name in self._named(kind, field, text):
                    self._spellings.setdefault(name, Counter())[text] += 1
                    mine.add(name)
        self._products.update(mine)
        self._seen.append((form(" ".join(title)), tuple(mine)))

    def counted(self) -> tuple[Value, ...]:
        """Return every spelling of every value, in a stable order."""
        titled, both = self._in_titles()
        return tuple(
            Value(*name[:2], text, name[2], count, titled[name[2]], both[name])
            for name, spellings in sorted(self._spellings.items())
            for text, count in sorted(spellings.items())
        )

    def _named(self, kind: str, field: str, text: str) -> tuple[_Name, ...]:
        """Return what a value is named by; values repeat, so each is taken apart once."""
        if (field, text) not in self._names:
            value = text
            if kind == "attributes":
                attribute, _, value = text.partition(": ")
                kind = kind_of_name(attribute)
            known = kind and kind != MODEL
            names = [(kind, field, one) for one in forms(kind, value)] if known else []
            self._names[field, text] = tuple(names)
        return self._names[field, text]

    def _in_titles(self) -> tuple[Counter[str], Counter[_Name]]:
        wanted = {name[2] for name in self._products}
        titled, both = Counter[str](), Counter[_Name]()
        for title, names in self._seen:
            there = wanted & windows(title)
            titled.update(there)
            both.update(name for name in names if name[2] in there)
        return titled, both


class _PriceTags:
    """Collects prices, whole and by category."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.all: dict[str, list[float]] = {name: [] for name in _prices(catalogue)}
        self._in: dict[str, dict[str, list[float]]] = {name: {} for name in self.all}
        self._categories = [n for n, spec in catalogue.fields.items() if spec.role == "category"]

    def add(self, document: Json) -> None:
        """Collect the prices of one product."""
        categories = {text for name in self._categories for text in texts_of(document, name)}
        for name, tags in self.all.items():
            if isinstance(price := document.get(name), int | float):
                tags.append(price)
                for category in categories:
                    self._in[name].setdefault(category, []).append(price)

    def by_category(self) -> dict[str, dict[str, Prices]]:
        """Return the prices of the categories that have enough of them."""
        return {
            name: {category: found for category, tags in by.items() if (found := terciles(tags))}
            for name, by in self._in.items()
        }


def texts_of(document: Json, name: str) -> list[str]:
    """Return a field's texts: none, one or several."""
    value = document.get(name)
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def windows(text: str, longest: int = LONGEST) -> set[str]:
    """Return every run of at most `longest` words of a text in single spaces."""
    told = text.split(" ")
    return {
        " ".join(told[at : at + size])
        for at in range(len(told))
        for size in range(1, min(longest, len(told) - at) + 1)
    }


def _prices(catalogue: Catalogue) -> list[str]:
    return [name for name, spec in catalogue.fields.items() if spec.role == "price"]
