"""A query as rules see it: its words in the singular, without case and accents."""

from dataclasses import dataclass
from functools import cached_property

from query.understand.words import form


@dataclass(frozen=True)
class Asked:
    """A query, or a rule's words.

    Attributes:
        text: as written.
    """

    text: str

    @cached_property
    def form(self) -> str:
        """Words in single spaces; an ideograph is a word. Empty for a text without words."""
        return form(self.text)

    def has(self, words: str) -> bool:
        """Return whether these words, in their form, stand in the query one after another."""
        return f" {words} " in f" {self.form} "
