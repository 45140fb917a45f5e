"""Model numbers, and the other places where a catalogue may cut them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from query.understand.vocabulary import HAN, Knows, known

# Shorter ones (3d) are words, but for letters with a number behind them: ps4, cat6.
_SHORTEST = 5
_FEWEST_DIGITS = 2
_NUMBERED = re.compile("[a-z]{2,}[0-9]+")
_MOST_PIECES = 5
_MOST_SPELLINGS = 3
_MOST_WORDS = 3
# Words that stand before a number without being part of a name.
_APART = frozenset(
    (
        *("a", "an", "and", "by", "for", "from", "in", "no", "of", "on", "or", "size", "the"),
        *("to", "under", "vs", "with", "x"),
    )
)

_WORD = re.compile(
    rf"(?<![^\W{HAN}])(?<![.,/$€£¥#])[a-z0-9]+(?:-[a-z0-9]+)*(?![^\W{HAN}])(?![.,/]\d)"
)
_DIGIT = re.compile("[0-9]")
_PIECE = re.compile("[a-z]+|[0-9]+")
# Ordinals and quantities: 10th, 80s, 300leds.
_COUNTED = re.compile(r"\d+(?:st|nd|rd|th|s|[a-z]{3,})")
# One letter or digit by itself is known to every catalogue.
_SHORTEST_PART = 2


@dataclass(frozen=True)
class Model:
    """A model number in a text: where it stands, and how else it may be cut, likeliest first."""

    start: int
    end: int
    spellings: tuple[str, ...]


def models(text: str, knows: Knows | None) -> Iterator[Model]:
    """Yield the model numbers of a text in lower case that may be cut otherwise.

    `wh1000xm4` may stand for `wh-1000xm4`, one word for several, if the catalogue knows the
    parts; several words for one only if it knows that one.

    Args:
        text: the query.
        knows: whether the catalogue has a word; None when there is nothing to ask.
    """
    if not _DIGIT.search(text):
        return
    words = list(_WORD.finditer(text))
    place = 0
    while place < len(words):
        count, model = _longest(text, words[place : place + _MOST_WORDS], knows)
        if model:
            yield model
        place += count


def _longest(
    text: str, words: list[re.Match[str]], knows: Knows | None
) -> tuple[int, Model | None]:
    """Return how many of the words were read, and the model number that they are, if they are."""
    start = words[0].start()
    for count in range(len(words), 1, -1):
        end = words[count - 1].end()
        joined = _joined(text[start:end])
        if joined and knows and knows(joined):
            return count, Model(start, end, (joined,))
    cuts = _cuts(words[0].group(), knows)
    return 1, Model(start, words[0].end(), cuts) if cuts else None


def _joined(words: str) -> str | None:
    """Return neighbouring words as one, if that can be a model number."""
    parts = words.split(" ")
    if "" in parts or _APART.intersection(parts) or not all(map(_WORD.fullmatch, parts)):
        return None
    joined = "".join(_PIECE.findall(words))
    return joined if _is_model(joined) and _PIECE.findall(joined) == _PIECE.findall(words) else None


def _cuts(word: str, knows: Knows | None) -> tuple[str, ...]:
    """Return the ways to cut one word between letters and digits, the fewest cuts first.

    Two numbers are never joined, and no single character is cut off that was not typed so, but for
    a number that the catalogue is known to write apart.
    """
    pieces = _PIECE.findall(word)
    if not _is_model("".join(pieces)) or len(pieces) > _MOST_PIECES:
        return ()
    typed, spelled = word.split("-"), []
    for marks in product(("", "-"), repeat=len(pieces) - 1):
        cut = "".join(piece + mark for piece, mark in zip(pieces, (*marks, ""), strict=True))
        apart = all(
            part in typed or len(part) >= _SHORTEST_PART or (knows and part.isdigit())
            for part in cut.split("-")
        )
        if cut != word and apart and _PIECE.findall(cut) == pieces and known(cut, knows):
            spelled.append(cut)
    return tuple(sorted(spelled, key=lambda cut: (cut.count("-"), cut.find("-")))[:_MOST_SPELLINGS])


def _is_model(joined: str) -> bool:
    digits = sum(map(str.isdigit, joined))
    long = len(joined) >= _SHORTEST and _FEWEST_DIGITS <= digits < len(joined)
    return bool(long or _NUMBERED.fullmatch(joined)) and not _COUNTED.fullmatch(joined)
