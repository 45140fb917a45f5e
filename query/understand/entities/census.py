"""How often each value of the catalogue occurs, and how titles use the words it is named by."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mappings.analysis import head
from mappings.catalogue import Catalogue
from query.understand.entities.forms import forms, leaf
from query.understand.entities.kinds import (
    ATTRIBUTES,
    AUDIENCE,
    BRAND,
    MODEL,
    entity_fields,
    kind_of_name,
)
from query.understand.lexicon import Value
from query.understand.words import form

Json = Mapping[str, Any]

# Kind, field and form name an entity; a value of it is a spelling.
_Name = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one product tells about how values are named: forms of its title, and its values."""

    title: str
    head: str
    named: frozenset[_Name]


class Census:
    """Counts values, and how often a title that names one is of a product that has it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._title = catalogue.title
        self._language = catalogue.language_of(catalogue.title)
        self._kinds = entity_fields(catalogue)
        self._spellings: dict[_Name, Counter[str]] = {}
        self._categories: dict[_Name, Counter[str]] = {}
        self._shelves = categories_of(catalogue)
        self._products = Counter[_Name]()
        self._seen: list[_Seen] = []
        self._names: dict[tuple[str, str], tuple[_Name, ...]] = {}

    def add(self, document: Json) -> None:
        """Count the values of one product."""
        named: set[_Name] = set()
        for field, kind in self._kinds.items():
            for text in texts_of(document, field):
                for name in self._named(kind, field, text):
                    self._spellings.setdefault(name, Counter())[text] += 1
                    named.add(name)
        self._products.update(named)
        for name in named:
            if name[0] == BRAND:
                self._categories.setdefault(name, Counter()).update(self._leaves(document))
        title = " ".join(texts_of(document, self._title))
        head_alone = head(title, self._language)
        whole = form(title)
        self._seen.append(
            _Seen(whole, whole if head_alone == title else form(head_alone), frozenset(named))
        )

    def counted(self) -> tuple[Value, ...]:
        """Return every spelling of every value, in a stable order."""
        titled, both = self._in_titles()
        return tuple(
            Value(*name[:2], text, name[2], count, titled[name], both[name], self._category(name))
            for name, spellings in sorted(self._spellings.items())
            for text, count in sorted(spellings.items())
        )

    def _named(self, kind: str, field: str, text: str) -> tuple[_Name, ...]:
        """Return what a value is named by; values repeat, so each is taken apart once."""
        if (field, text) not in self._names:
            value = text
            if kind == ATTRIBUTES:
                attribute, _, value = text.partition(": ")
                kind = kind_of_name(attribute)
            known = kind and kind != MODEL
            names = [(kind, field, one) for one in forms(kind, value)] if known else []
            self._names[field, text] = tuple(names)
        return self._names[field, text]

    def _leaves(self, document: Json) -> list[str]:
        """Return the innermost category of a product, of each field that has any."""
        return [leaf(texts[-1]) for name in self._shelves if (texts := texts_of(document, name))]

    def _category(self, name: _Name) -> str:
        """Return the category of most products; of the first in the alphabet when two share that."""
        found = self._categories.get(name, Counter())
        return min(found, key=lambda one: (-found[one], one), default="")

    def _in_titles(self) -> tuple[Counter[_Name], Counter[_Name]]:
        """Count titles that name a value, of products that have any value of its kind at all.

        What comes after "for" is not what the thing is, unless it is for whom.
        """
        names = _Named(self._products)
        titled, both = Counter[_Name](), Counter[_Name]()
        for seen in self._seen:
            told = {name[:2] for name in seen.named}
            own = seen.named | names.inner(seen.named)
            in_title, in_head = names.within(seen.title), names.within(seen.head)
            there = [
                name
                for name in in_title
                if name[:2] in told and (name[0] == AUDIENCE or name in in_head)
            ]
            titled.update(there)
            both.update(own.intersection(there))
        return titled, both


class _Named:
    """Finds the names whose form stands in a text."""

    def __init__(self, names: Iterable[_Name]) -> None:
        self._by_form: dict[str, list[_Name]] = {}
        self._longest: dict[str, int] = {}
        for name in names:
            one = name[2]
            self._by_form.setdefault(one, []).append(name)
            first = one.partition(" ")[0]
            self._longest[first] = max(self._longest.get(first, 0), one.count(" ") + 1)

    def inner(self, named: Iterable[_Name]) -> set[_Name]:
        """Return the brands whose form is part of another's: "Acme Home" is of "Acme"."""
        brands = [name for name in named if name[0] == BRAND]
        return {one for name in brands for one in self.within(name[2]) if one[:2] == name[:2]}

    def within(self, text: str) -> set[_Name]:
        """Return the names in a text of singular words in single spaces."""
        told = text.split(" ")
        found: set[_Name] = set()
        for at, first in enumerate(told):
            for size in range(1, self._longest.get(first, 0) + 1):
                found.update(self._by_form.get(" ".join(told[at : at + size]), ()))
        return found


def texts_of(document: Json, name: str) -> list[str]:
    """Return a field's texts: none, one or several."""
    value = document.get(name)
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def categories_of(catalogue: Catalogue) -> list[str]:
    """Return the fields with role category."""
    return [name for name, spec in catalogue.fields.items() if spec.role == "category"]
