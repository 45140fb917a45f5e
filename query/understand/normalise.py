"""The first step: the query in plain characters, and other spellings of its sizes and numbers."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from mappings.tables import Language
from query.understand.chinese import in_script
from query.understand.interpretation import Alternative, Finding, Interpretation
from query.understand.language import language_of
from query.understand.models import models
from query.understand.units import Size, sizes
from query.understand.vocabulary import Knows, MeansBrand, known
from query.understand.words import keys

# How many spellings of one size are asked for: each is a clause of the request.
_MOST_SPELLINGS = 4
# The same letters and digits in the same order.
_RECUT = 0.9

# What must go before compatible characters are taken: \u2122 would become TM, \u2033 two feet.
_FIRST = str.maketrans(
    {
        **dict.fromkeys("\u2122\u00ae\u00a9\u2120\u200b", " "),
        **dict.fromkeys("\u00ad\ufeff", ""),
        "\u2033": '"',
    }
)
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u2032`\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u2044", "/"),
        **dict.fromkeys("\u301c", "~"),
    }
)
# 1½ is one and a half, not eleven halves.
_MIXED = re.compile("(?<=[0-9])(?=[\u00bc-\u00be\u2150-\u215e])")


class Normalise:
    """Makes `Interpretation.text` of what was typed; no other step changes it.

    Width, case, quotes and dashes are made plain, Chinese characters those of the catalogue. What
    the index's analysis does to words of its own (stems, possessives, accents, stop words) is left
    to it. Other spellings of sizes and model numbers are added as alternatives.
    """

    name = "normalise"

    def __init__(
        self,
        language: Language,
        knows: Knows | None = None,
        means_brand: MeansBrand = lambda *_: False,
    ) -> None:
        """Make the step for a catalogue.

        Args:
            language: of the catalogue.
            knows: whether the index text has a word (lower case, as the standard tokenizer cuts
                it, before stemming) or a single Chinese character; with it only spellings that
                can match are added.
            means_brand: whether what may be a size is a brand's name before the word behind it.
        """
        self._language = language
        self._knows, self._means_brand = knows, means_brand

    def __call__(self, query: Interpretation) -> Interpretation:
        """Return the query with its text, its language and its alternative spellings."""
        text = plain(query.typed)
        if self._language == "chinese":
            text = in_script(text, self._knows)
        query = replace(query, text=text, language=language_of(text, self._language))
        if text != " ".join(query.typed.lower().split()):
            query = query.noticed(
                Finding(self.name, "characters", text, 0, len(text), "Unicode", f'read as "{text}"')
            )
        for start, end, kind, spellings in self._spelled(text):
            query = self._with(query, start, end, kind, spellings)
        return query

    def _spelled(self, text: str) -> Iterator[tuple[int, int, str, list[tuple[str, float]]]]:
        """Yield start, end, kind and spellings with their weights; no span overlaps another."""
        taken: list[tuple[int, int]] = []
        for size in sizes(text, chinese=self._language == "chinese"):
            if self._is_brand(text, size):
                continue
            taken.append((size.start, size.end))
            yield size.start, size.end, "size", list(size.spellings)
        for model in models(text, self._knows):
            if all(end <= model.start or model.end <= start for start, end in taken):
                recut = [(spelling, _RECUT) for spelling in model.spellings]
                yield model.start, model.end, "model number", recut

    def _is_brand(self, text: str, size: Size) -> bool:
        after = keys(text[size.end :])[:1]
        spellings = [spelling for spelling, _ in size.spellings]
        return bool(after) and self._means_brand(text[size.start : size.end], after[0], spellings)

    def _with(
        self,
        query: Interpretation,
        start: int,
        end: int,
        kind: str,
        spellings: list[tuple[str, float]],
    ) -> Interpretation:
        kept = [one for one in spellings if known(one[0], self._knows)][:_MOST_SPELLINGS]
        added = tuple(Alternative(start, end, text, worth, self.name) for text, worth in kept)
        effect = "also spelled " + ", ".join(text for text, _ in kept) if kept else ""
        typed = query.text[start:end]
        query = query.noticed(Finding(self.name, kind, typed, start, end, "spelling", effect))
        return replace(query, alternatives=(*query.alternatives, *added))


def plain(text: str) -> str:
    """Return a text in compatible, lower-case characters and single spaces; never an empty one.

    Case is folded here, once: analysis folds it anyway, and positions must not move afterwards.
    """
    spelled = _MIXED.sub(" ", text.translate(_FIRST))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", spelled).lower())
    return " ".join(folded.translate(_PLAIN).split()) or " ".join(text.split())
