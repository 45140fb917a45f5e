"""Finds in a text what rules are about: the longest phrase first, from left to right."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from query.understand.synonyms.rules import Rule
from query.understand.synonyms.units import key_of, phrases
from query.understand.words import Word

# What a word weighs that a rule names without a weight: docs/synonyms.md has the measurement.
WEIGHT = 0.5
# What one span may stand for at most: each is a clause of the request.
MOST = 8

Free = Callable[[int, int], bool]


@dataclass(frozen=True)
class Target:
    """What some words may stand for.

    Attributes:
        text: as the rule spells it.
        key: what it is compared by.
        weight: above 0, at most 1.
        source: `folder/file:line`.
    """

    text: str
    key: tuple[str, ...]
    weight: float
    source: str


@dataclass(frozen=True)
class Match:
    """A span of a text and what it may stand for, strongest first, `MOST` at most."""

    start: int
    end: int
    targets: tuple[Target, ...]


class Matcher:
    """Rules made ready; immutable, so that threads may share it."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        found: dict[tuple[str, ...], dict[tuple[str, ...], Target]] = {}
        for rule in rules:
            for text, term in rule.pairs():
                key, given = key_of(text), key_of(term.text)
                if key != given:
                    weight = WEIGHT if term.weight is None else term.weight
                    target = Target(term.text, given, weight, rule.source)
                    found.setdefault(key, {}).setdefault(given, target)
        self._targets = {key: _strongest(given.values()) for key, given in found.items()}
        self._longest: dict[str, int] = {}
        for key in self._targets:
            self._longest[key[0]] = max(len(key), self._longest.get(key[0], 0))

    def __len__(self) -> int:
        return len(self._targets)

    def targets(self, text: str) -> tuple[Target, ...]:
        """Return what a whole term may stand for."""
        return self._targets.get(key_of(text), ())

    def matches(self, text: str, free: Free = lambda _start, _end: True) -> Iterator[Match]:
        """Yield the matches of a text; none overlaps another.

        Args:
            text: the query.
            free: whether a span may be matched at all; where it may not, a shorter one is tried.
        """
        for run in phrases(text):
            place = 0
            while place < len(run):
                match = self._at(run, place, free)
                if match:
                    yield match[0]
                place += match[1] if match else 1

    def _at(self, run: list[Word], place: int, free: Free) -> tuple[Match, int] | None:
        """Return the longest match that begins at a unit, and its length in units."""
        longest = min(self._longest.get(run[place].key, 0), len(run) - place)
        for length in range(longest, 0, -1):
            span = run[place : place + length]
            targets = self._targets.get(tuple(unit.key for unit in span))
            if targets and free(span[0].start, span[-1].end):
                return Match(span[0].start, span[-1].end, targets), length
        return None


def _strongest(targets: Iterable[Target]) -> tuple[Target, ...]:
    """Order by weight, in the files' order where that is equal."""
    return tuple(sorted(targets, key=lambda one: -one.weight))[:MOST]
