"""What a line of a synonyms file says."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Term:
    """One word or phrase of a rule.

    Attributes:
        text: as it was written, in single spaces.
        weight: how well it stands for the others, above 0, at most 1; None takes the step's.
    """

    text: str
    weight: float | None = None


@dataclass(frozen=True)
class Rule:
    """One line.

    Attributes:
        words: the terms that fire the rule.
        gives: what they also find; empty when the words stand for one another (two-way).
        source: `folder/file:line`, not part of what the rule says.
    """

    words: tuple[Term, ...]
    gives: tuple[Term, ...] = ()
    source: str = field(default="", compare=False)

    def pairs(self) -> Iterator[tuple[str, Term]]:
        """Yield (words that fire, what they also find)."""
        for word in self.words:
            for given in self.gives or self.words:
                if given is not word:
                    yield word.text, given
