"""The step `entities`: which values of the catalogue a query names."""

import re
from collections.abc import Iterator
from dataclasses import replace

from mappings.catalogue import Catalogue
from query.request import Filter
from query.understand.entities.kinds import ATTRIBUTES, MODEL, model_field
from query.understand.entities.matcher import SURE, Matcher, Named
from query.understand.interpretation import Alternative, Entity, Finding, Interpretation
from query.understand.lexicon import Lexicon
from query.understand.words import words

# A filter leaves no way back, so it takes more than a boost.
_SURE_ENOUGH = 0.8
# What stands before the kind of a value that may be meant, and what becomes of one that is.
UNSURE, GAIN, LOSE = "perhaps ", "products that have it gain", "products that have it lose"
# Spellings of one value that are looked for.
_MOST_SPELLINGS = 10
_ALIAS_WEIGHT = 0.9
# Letters and digits, but no quantity; mp3 is a word, and so is what many titles have.
_MODEL = re.compile(r"(?!\d+[a-z]+$)(?=.*\d)(?=.*[a-z])[a-z0-9]{4,}")
_COMMON = 0.01


class Entities:
    """Adds an `Entity` for each spelling of each value that is surely named.

    They are soft, a boost: only fields in `hard` become conditions. Whether a value is meant, one
    that is named perhaps above all, the nearest products decide: see `query.intent`.
    """

    name = "entities"

    def __init__(
        self, lexicon: Lexicon, catalogue: Catalogue, hard: frozenset[str] = frozenset()
    ) -> None:
        self._lexicon = lexicon
        self._catalogue = catalogue
        self._matcher = Matcher(lexicon)
        self._hard = hard

    def __call__(self, query: Interpretation) -> Interpretation:
        """Return the query with the values it names and their evidence."""
        for named in self._matcher.matches(query):
            query = self._add(query, named)
        for phrase in query.avoided:
            query = self._avoid(query, phrase)
        for entity in self._models(query):
            query = replace(query, entities=(*query.entities, entity)).noticed(
                self._model_found(query.text, entity)
            )
        return query

    def _add(self, query: Interpretation, named: Named) -> Interpretation:
        entities = _entities(named)
        query = replace(query, entities=(*query.entities, *entities))
        if named.confidence < SURE:
            return query.noticed(_finding(query.text, named, UNSURE + named.kind))
        query = _renamed(query, named)
        if named.field in self._hard and named.confidence >= _SURE_ENOUGH:
            filters = tuple(map(self._condition, entities))
            finding = _finding(query.text, named, named.kind, "only products that have it")
            return replace(query, filters=(*query.filters, *filters)).noticed(finding)
        return query.noticed(_finding(query.text, named, named.kind, GAIN))

    def _avoid(self, query: Interpretation, phrase: str) -> Interpretation:
        """Return the query with the values that a phrase as a whole names; never a category.

        "Not black" is about the colour that a product has, whatever its title says; but what goes
        without straws may lie on the shelf of bottles with straws.
        """
        at = query.text.index(phrase)
        for one in self._matcher.matches(Interpretation.of(phrase)):
            whole = (one.start, one.end) == (0, len(phrase))
            if whole and one.confidence >= SURE and one.kind != "category":
                named = replace(one, start=at, end=at + len(phrase))
                query = replace(query, unwanted=(*query.unwanted, *_entities(named))).noticed(
                    _finding(query.text, named, named.kind, LOSE)
                )
        return query

    def _condition(self, entity: Entity) -> Filter:
        if self._catalogue.fields[entity.field].type == ATTRIBUTES:
            attribute, _, value = entity.value.partition(": ")
            return Filter(f"{entity.field}.{attribute}", value)
        return Filter(entity.field, entity.value)

    def _models(self, query: Interpretation) -> Iterator[Entity]:
        """Yield the model numbers: rare words of letters and digits that stand in titles."""
        field = model_field(self._catalogue)
        most = max(_COMMON * self._lexicon.products, 1)
        for word in words(query.text):
            count = self._lexicon.titles.get(word.key, 0)
            if 0 < count <= most and _MODEL.fullmatch(word.key):
                sure = 1 - count / (self._lexicon.products + 1)
                yield Entity(MODEL, field, word.key, word.start, word.end, sure)

    def _model_found(self, text: str, entity: Entity) -> Finding:
        count = self._lexicon.titles[entity.value]
        source = f"catalogue: in the title of {count} products"
        return Finding(
            self.name, MODEL, text[entity.start : entity.end], entity.start, entity.end, source
        )


def _entities(named: Named) -> tuple[Entity, ...]:
    return tuple(
        Entity(named.kind, named.field, value.text, named.start, named.end, named.confidence)
        for value in named.values[:_MOST_SPELLINGS]
    )


def _renamed(query: Interpretation, named: Named) -> Interpretation:
    """Return the query with the catalogue's own words beside an alias."""
    if not named.alias or not query.free(named.start, named.end):
        return query
    form = named.values[0].form
    other = Alternative(named.start, named.end, form, _ALIAS_WEIGHT, Entities.name)
    return replace(query, alternatives=(*query.alternatives, other))


def _finding(text: str, named: Named, kind: str, effect: str = "") -> Finding:
    value = named.values[0]
    source = f"catalogue: {named.field} {value.text!r}, {named.products} products"
    # No title need have the words of a category: then there is nothing to count.
    if value.titled:
        source += f"; {value.both} of {value.titled} titles with these words have it"
    return Finding(
        Entities.name,
        kind,
        text[named.start : named.end],
        named.start,
        named.end,
        source,
        effect,
    )
