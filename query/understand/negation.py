"""What a product should not have: "without buckles", "不含糖", out of the words that say so."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from query.understand.cues import IDIOMS, OUTSIDE_ZH, PROMISES, Cue, english, mandarin, minus
from query.understand.interpretation import Finding, Interpretation, apart
from query.understand.plural import singular
from query.understand.vocabulary import PhraseCount
from query.understand.words import keys, words

# "No sugar no salt": the first negation stands for a name only beside a thing that it describes.
_LEADING = re.compile(r"^(?:no|not|non)[ -]\S+")
# What ends a phrase at the very beginning of a text: 非羊毛的毯子, 非黑色鞋子.
_ENDS = ("的", "色")


class Negation:
    """Reads negated phrases into `avoided`, and takes them out of what is asked for.

    "Sugar free" asks for something, and so does a name that begins with a negation: "no show
    socks", "无线". A phrase that is asked for as well ("tool case without tools") is taken out but
    not avoided: the same words would speak for a product and against it.
    """

    name = "negation"

    def __init__(self, phrase_count: PhraseCount | None = None) -> None:
        """Make the step.

        Args:
            phrase_count: in how many titles the second word (lower case, not stemmed, stop words
                kept) or Chinese character directly follows the first; without it "non", 无 and 免
                are never taken for negations.
        """
        self._phrase_count = phrase_count

    def __call__(self, query: Interpretation) -> Interpretation:
        """Return the query with what it avoids."""
        cues = list(self._cues(query))
        if not cues:
            return query
        spans = tuple((cue.start, cue.end) for cue in cues)
        less = replace(query.removing(*spans), negated=spans)
        if not keys(_LEADING.sub("", less.asked)):
            effect = "nothing else is asked for, so the words stay"
            return query.noticed(*(_finding(query.text, cue, effect) for cue in cues))
        for cue in cues:
            less = _avoiding(less, cue)
        return less

    def _cues(self, query: Interpretation) -> Iterator[Cue]:
        text = query.text
        gone = query.removed
        for cue in (*english(text, gone), *minus(text, gone), *mandarin(text, gone)):
            told = keys(text[slice(*cue.phrases[0])])
            if not told:
                continue
            kept = apart([(0, cue.start)], gone)
            before = keys(" ".join(text[start:end] for start, end in kept))
            if not before and self._is_leading(cue, told):
                yield _cut(text, cue, 1)
            elif not before and text[: cue.end].endswith(_ENDS) and self._is_new(cue, told):
                yield cue
            elif not self._is_name(before, cue, told):
                yield self._narrowed(text, cue)

    def _is_leading(self, cue: Cue, told: list[str]) -> bool:
        """Return whether a query begins with what the thing behind it should not have.

        "No underwire bra", "not black jacket": titles have the two words together, and not with
        "no" before them as often, as they have "no show socks".
        """
        if cue.word not in ("no", "not") or len(told) == 1 or _promises(told):
            return False
        together = self._count(*told[:2]) or 0
        return together > (self._count(cue.word, told[0]) or 0)

    def _is_new(self, cue: Cue, told: list[str]) -> bool:
        """Return whether no titles have the weak cue beside the phrase: 非羊毛的毯子, not 无线的鼠标."""
        if cue.word in OUTSIDE_ZH:
            return self._count(told[-1], cue.word[0]) == 0
        return cue.word == "非" and self._count(cue.word, told[0]) == 0

    def _is_name(self, before: list[str], cue: Cue, told: list[str]) -> bool:
        """Return whether the words ask for what they say: "no show", "listen without prejudice"."""
        if cue.word in OUTSIDE_ZH:
            return not self._is_new(cue, told)
        if not cue.word.isascii():
            return not cue.strong and (not before or self._count(cue.word, told[0]) != 0)
        if cue.strong:
            titled = before and self._said(before[-1], cue.word) and self._said(cue.word, told[0])
            return bool(titled) and not (self._said("with", told[0]) or self._said("no", told[0]))
        return not before or self._is_weak_name(before[-1], cue, told)

    def _is_weak_name(self, before: str, cue: Cue, told: list[str]) -> bool:
        if _promises(told):
            return True
        if cue.word == "not for":
            return not self._said("for", told[0])
        if cue.word == "-":
            return self._said(before, told[0])
        said = self._count(cue.word, told[0])
        if cue.word == "non" or said is None:
            return said != 0 if cue.word == "non" else False
        return said > (self._count("with", told[0]) or 0) + (self._count("without", told[0]) or 0)

    def _narrowed(self, text: str, cue: Cue) -> Cue:
        """Return the cue with its phrase cut where titles negate the first words of it alone.

        "Drain without overflow solid brass": titles say "without overflow" more often than
        "overflow solid".
        """
        told = keys(text[slice(*cue.phrases[-1])])
        if not cue.word.isascii() or len(cue.phrases) > 1 or not self._said(cue.word, told[0]):
            return cue
        negated = self._count(cue.word, told[0]) or 0
        for count, pair in enumerate(pairwise(told), 1):
            if (self._count(*pair) or 0) < negated:
                return _cut(text, cue, count)
        return cue

    def _count(self, first: str, second: str) -> int | None:
        return self._phrase_count(first, second) if self._phrase_count else None

    def _said(self, first: str, second: str) -> bool:
        return bool(self._count(first, second))


def _promises(told: list[str]) -> bool:
    """Return whether "no" with these words behind it asks for what it says, as "free" does."""
    return told[0] in IDIOMS or told[-1] in PROMISES or told[0][0].isdigit()


def _cut(text: str, cue: Cue, count: int) -> Cue:
    """Return the cue with a phrase of its first words alone."""
    start, end = cue.phrases[0]
    end = start + words(text[start:end])[count - 1].end
    return replace(cue, end=end, phrases=((start, end),))


def _avoiding(query: Interpretation, cue: Cue) -> Interpretation:
    """Return the query with a cue's phrases avoided, those left out that it asks for, too."""
    phrases = [query.text[start:end] for start, end in cue.phrases]
    avoided = [phrase for phrase in phrases if not _asked(phrase, query.asked)]
    effect = "avoids " + ", ".join(avoided) if avoided else "not avoided: it is asked for, too"
    query = replace(query, avoided=tuple(dict.fromkeys((*query.avoided, *avoided))))
    return query.noticed(_finding(query.text, cue, effect))


def _asked(phrase: str, asked: str) -> bool:
    """Return whether all words of a phrase are among those asked for, number aside."""
    return {*map(singular, keys(phrase))} <= {*map(singular, keys(asked))}


def _finding(text: str, cue: Cue, effect: str) -> Finding:
    words = text[cue.start : cue.end]
    return Finding(
        Negation.name, "negation", words, cue.start, cue.end, f'the word "{cue.word}"', effect
    )
