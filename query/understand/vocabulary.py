"""What steps ask a catalogue about its words; `query.understand.lexicon` has the answers."""

from collections.abc import Callable, Iterable

from query.understand.words import keys

# The CJK ideographs with their extensions: Chinese is taken by the character.
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

# Whether a word, or one Chinese character, stands in the catalogue.
Knows = Callable[[str], bool]
# Titles in which the second word, or Chinese character, directly follows the first.
PhraseCount = Callable[[str, str], int]
# Whether what may be a size ("3m") is a brand before a word: titles have no other spelling of it there.
MeansBrand = Callable[[str, str, Iterable[str]], bool]


def known(text: str, knows: Knows | None) -> bool:
    """Return whether the catalogue has every word of a text; also when there is none to ask."""
    return knows is None or all(map(knows, keys(text)))
