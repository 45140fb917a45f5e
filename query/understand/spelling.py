"""The step `spelling`: words that no product has, and that differ little from one that many have."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from query.understand.compounds import joined, split
from query.understand.english import plain_english
from query.understand.homophones import misheard
from query.understand.interpretation import Alternative, Finding, Interpretation
from query.understand.lexicon import Lexicon
from query.understand.words import Word, is_plain, words

WEIGHT = 0.7
# Where titles do not have a candidate beside the query's next word, a shorter word has too many.
_SHORTEST = 4
_ALONE = 5
# From here on two mistakes are believed.
_LONG = 10
# A spelling that fewer products use may be a slip itself.
_FEWEST = 3
# In natural logarithms of products: what one more mistake takes, what standing beside the query's
# own neighbour in a title gives, and by how much the best must win.
_MISTAKE = math.log(300)
_NEIGHBOUR = math.log(30)
_CLEARLY = math.log(3)
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# Letters that sound like others: who writes by ear makes one mistake, however many letters differ.
_SOUNDS = tuple(
    (re.compile(written, re.MULTILINE), heard)
    for written, heard in (
        *(("^kn", "n"), ("^wr", "r"), ("^wh", "w"), ("ph", "f"), ("ck", "k"), ("qu", "kw")),
        *(("x", "ks"), ("c(?=[eiy])", "s"), ("c(?!h)", "k"), ("y", "i"), ("z", "s")),
        (r"(.)\1+", r"\1"),
    )
)


class Spelling:
    """Puts the word that was meant in the place of one that the catalogue does not know.

    A noisy channel whose language is the catalogue's own: a candidate is as likely as products
    have it, less so with each mistake, more so where titles have it beside the query's next word.

    Args:
        lexicon: of the catalogue.
        elsewhere: whether any product has a word, or a phrase; asked about what would be replaced
            otherwise: the lexicon may come from a sample, and counts pairs of words in titles alone.
    """

    name = "spelling"

    def __init__(
        self, lexicon: Lexicon, elsewhere: Callable[[str], bool] = lambda _: False
    ) -> None:
        self._lexicon, self._elsewhere = lexicon, elsewhere
        self._by_length: dict[int, list[str]] = {}
        self._by_sound: dict[str, list[str]] = {}
        known = [
            word
            for word, count in lexicon.texts.items()
            if count >= _FEWEST and len(word) >= _SHORTEST and is_plain(word)
        ]
        # All together: one by one they take ten times as long.
        sounds = _sound("\n".join(known)).splitlines()
        for word, sound in zip(known, sounds, strict=True):
            self._by_length.setdefault(len(word), []).append(word)
            self._by_sound.setdefault(sound, []).append(word)

    def __call__(self, query: Interpretation) -> Interpretation:
        """Return the query with an alternative for each misspelled word."""
        told = words(query.text)
        for place, word in enumerate(told):
            beside = _beside(told, place)
            if query.free(word.start, word.end) and self._misspelled(word.key, beside):
                meant = self._meant(word.key, beside)
                if not meant or not (self._lexicon.sampled and self._elsewhere(word.key)):
                    query = self._put(query, word, meant)
        return self._heard(query, told)

    def _heard(self, query: Interpretation, told: list[Word]) -> Interpretation:
        """Return the query with an alternative for each Chinese character that was typed by ear."""
        for one in misheard(told, self._lexicon.phrase_count):
            start, end = told[one.place - 1].start, told[one.place + 1].end
            written = query.text[start:end]
            pairs = written[:2], written[1:]
            if query.free(start, end) and not any(map(self._elsewhere, pairs)):
                meant = written[0] + one.meant + written[2]
                source = f"catalogue: no product has it, {one.titles} titles have {meant!r}"
                query = self._instead(query, start, end, meant, source)
        return query

    def _misspelled(self, word: str, beside: "_Beside") -> bool:
        """Return whether nothing explains a word: no product, and no compound either."""
        if len(word) < _SHORTEST or not is_plain(word) or self._lexicon.knows(word):
            return False
        if word in plain_english():
            return False
        pairs = pairwise((*beside[0], word, *beside[1]))
        return not split(self._lexicon, word)[0] and not any(
            joined(self._lexicon, *pair)[0] for pair in pairs
        )

    def _meant(self, word: str, beside: "_Beside") -> str:
        """Return the word that was meant; empty when none is, or two may be."""
        scored = sorted(
            (
                (self._score(one, mistakes, self._in_place(one, beside)), one)
                for one, mistakes in {**dict(self._near(word)), **self._sounding(word)}.items()
            ),
            reverse=True,
        )
        if not scored or (len(word) < _ALONE and not self._in_place(scored[0][1], beside)):
            return ""
        best, meant = scored[0]
        rivals = [score for score, one in scored[1:] if not _same(one, meant)]
        return meant if not rivals or best - rivals[0] >= _CLEARLY else ""

    def _near(self, word: str) -> Iterator[tuple[str, int]]:
        """Yield the words that few mistakes away, with their number."""
        most = 2 if len(word) >= _LONG else 1
        for length in range(len(word) - most, len(word) + most + 1):
            found = process.extract(
                word,
                self._by_length.get(length, ()),
                scorer=OSA.distance,
                score_cutoff=most,
                limit=None,
            )
            yield from ((one, int(mistakes)) for one, mistakes, _ in found if _begins(word, one))

    def _sounding(self, word: str) -> dict[str, int]:
        """Return the words that sound the same, as one mistake."""
        return dict.fromkeys(self._by_sound.get(_sound(word), ()), 1)

    def _in_place(self, word: str, beside: "_Beside") -> bool:
        """Return whether titles have a word beside one of its neighbours."""
        before, after = beside
        together = [(one, word) for one in before] + [(word, one) for one in after]
        return any(self._lexicon.phrase_count(*pair) for pair in together)

    def _score(self, word: str, mistakes: int, in_place: bool) -> float:
        likely = math.log(self._lexicon.texts[word] + self._lexicon.titles.get(word, 0))
        return likely - _MISTAKE * mistakes + _NEIGHBOUR * in_place

    def _put(self, query: Interpretation, word: Word, meant: str) -> Interpretation:
        written = query.text[word.start : word.end]
        source = "catalogue: no product has it"
        if not meant:
            finding = Finding(self.name, "unknown word", written, word.start, word.end, source)
            return query.noticed(finding)
        source += f", {self._lexicon.texts[meant]} have {meant!r}"
        return self._instead(query, word.start, word.end, meant, source)

    def _instead(
        self, query: Interpretation, start: int, end: int, meant: str, source: str
    ) -> Interpretation:
        written, effect = query.text[start:end], f"read as {meant!r}"
        finding = Finding(self.name, "misspelled", written, start, end, source, effect)
        other = Alternative(start, end, meant, WEIGHT, self.name, "instead")
        return replace(query.noticed(finding), alternatives=(*query.alternatives, other))


_Beside = tuple[Sequence[str], Sequence[str]]


def _beside(told: Sequence[Word], place: int) -> _Beside:
    """Return the word before and the word after, where there is one."""
    return [one.key for one in told[max(place - 1, 0) : place]], [
        one.key for one in told[place + 1 : place + 2]
    ]


def _sound(words: str) -> str:
    """Return words, one a line, as they sound, roughly, in English."""
    for written, heard in _SOUNDS:
        words = written.sub(heard, words)
    return words


def _begins(word: str, other: str) -> bool:
    """Return whether the first letters agree, were swapped, or are neighbours on the keyboard.

    People seldom get the first letter wrong: "hombre" is no "ombre".
    Pollock and Zamora (1984), Automatic spelling correction in scientific and scholarly text.
    """
    if word[0] == other[0] or word[:2] == other[1::-1]:
        return True
    return word[1:] == other[1:] and any(
        abs(row.find(word[0]) - row.find(other[0])) == 1
        for row in _KEYBOARD
        if {word[0], other[0]} <= set(row)
    )


def _same(one: str, other: str) -> bool:
    """Return whether two words are inflections of one, as far as ranking is concerned."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and long[len(short) :] in ("s", "es", "d", "ed", "r", "er", "ing")
