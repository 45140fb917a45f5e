"""What a catalogue says about itself: its words, its values, its prices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from query.understand.inflections import inflections
from query.understand.words import form, keys

# What a third of fewer prices do not exceed is chance.
FEWEST_PRICES = 9


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a catalogue field, under one of the forms it can be named by.

    Attributes:
        kind: see `query.understand.interpretation.Entity`.
        field: of the catalogue.
        text: as the index spells it most often; a line `name: value` of an attribute.
        form: words it is named by, see `query.understand.words.form`.
        products: that have it.
        titled: products with the form in the title that have some value of this kind, this one
            or another; but for an audience, a title ends before "for", "with" and the like.
        both: those of them that have this value.
        category: that most products with this brand are in; empty where there is none.
    """

    kind: str
    field: str
    text: str
    form: str
    products: int
    titled: int
    both: int
    category: str = ""


@dataclass(frozen=True)
class Lexicon:
    """Counts over the products read; mined by `query.understand.compile`.

    Attributes:
        products: how many were read.
        sampled: whether the catalogue has more, and words that are not here.
        titles: by word, products with it in the title.
        texts: by word, products with it in any searched text, the title included.
        pairs: by two words in one space, products with these neighbours in the title; 2 or more.
        values: named values of brand, category and the like.
        low: by price field and category value, what a third of the products cost at most.
    """

    products: int = 0
    sampled: bool = False
    titles: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[str, int] = field(default_factory=dict)
    values: tuple[Value, ...] = ()
    low: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def knows(self, text: str) -> bool:
        """Return whether products have the word, in this or another inflection.

        Of several words, as Chinese always is, each two neighbours must stand together in titles.
        """
        told = keys(text)
        if len(told) > 1:
            return all(map(self.phrase_count, told, told[1:]))
        return any(one in self.texts for word in told for one in inflections(word))

    def phrase_count(self, one: str, other: str) -> int:
        """Return how many titles have two words side by side; 0 for a single title."""
        return self.pairs.get(" ".join(keys(f"{one} {other}")), 0)

    def means_brand(self, text: str, after: str, others: Iterable[str]) -> bool:
        """Return whether a text is a brand before a word, and no size: "3m" before "tape".

        Args:
            text: may be either.
            after: the word behind it.
            others: the size otherwise spelled; where titles have one of these there it is a size.
        """
        brand = any(one.kind == "brand" for one in self.named.get(form(text), ()))
        return brand and not any(self.phrase_count(keys(one)[-1], after) for one in others)

    @cached_property
    def named(self) -> Mapping[str, tuple[Value, ...]]:
        """Values by form, the most frequent first."""
        named: dict[str, list[Value]] = {}
        for value in sorted(self.values, key=lambda value: -value.products):
            named.setdefault(value.form, []).append(value)
        return {form: tuple(values) for form, values in named.items()}
