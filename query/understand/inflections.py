"""The regular inflections of an English word: what an index that stems takes for the same."""

from collections.abc import Iterator

_HISSING = ("s", "x", "z", "ch", "sh")
# Below this a stem says nothing: "ring" is not "r".
_SHORTEST = 3
_VOWELS = "aeiou"
# A longer word may double its last letter or not: "cancel", "cancelling", "canceling".
_ONE_SYLLABLE = 4


def inflections(word: str) -> Iterator[str]:
    """Yield a word, what it may come from, and what else comes from that.

    Args:
        word: folded; of other letters than a to z, it has no inflections.
    """
    yield word
    if word.isascii() and word.isalpha():
        for base in {word, *_bases(word)}:
            yield base
            yield from _inflected(base)


def _bases(word: str) -> Iterator[str]:
    """Yield what a word is an inflection of: "running" is of "run", "runing" is not."""
    for base in _stripped(word):
        if len(base) >= _SHORTEST and word in _inflected(base):
            yield base


def _stripped(word: str) -> Iterator[str]:
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        yield word[:-1]
        if word.endswith("es") and word[:-2].endswith(_HISSING):
            yield word[:-2]
        if word.endswith("ies"):
            yield word[:-3] + "y"
    for ending in ("ing", "ed", "ly"):
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            yield stem
            if ending != "ly":
                yield stem + "e"
                yield stem[:-1] if stem[-2:-1] == stem[-1:] else stem


def _inflected(base: str) -> Iterator[str]:
    if base.endswith("y"):
        yield base[:-1] + "ies"
        yield base[:-1] + "ied"
    yield base + ("es" if base.endswith(_HISSING) else "s")
    yield base + "ly"
    for stem in _stems(base):
        yield from (stem + "ing", stem + "ed")


def _stems(base: str) -> Iterator[str]:
    """Yield what "ing" and "ed" are added to."""
    doubles = [one in _VOWELS for one in base[-3:]] == [False, True, False]
    if doubles:
        yield base + base[-1]
    if not doubles or len(base) > _ONE_SYLLABLE:
        yield base.removesuffix("e")
