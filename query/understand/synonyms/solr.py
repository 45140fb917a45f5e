r"""Solr's synonyms format, and ours on top of it: a weight after a bar.

    # a comment
    sofa, couch, settee          two-way: each also finds the others
    torch => flashlight          one-way: torch also finds flashlight, not the other way round
    laptop, notebook|0.6         notebook stands for laptop with weight 0.6
    rock \=> roll, a\, b, c\|d   a backslash takes the meaning from the next character

Format: Lucene's `SolrSynonymParser`. Unlike there, the words of the query always stay.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from connector.errors import SynonymsError
from query.understand.synonyms.rules import Rule, Term
from query.understand.synonyms.units import key_of

_TOKEN = re.compile(r"(?P<escaped>\\.?)|(?P<arrow>=>)|(?P<comma>,)|(?P<bar>\|)|[^\\,|=]+|=")
# What an input method for Chinese writes in place of these signs.
_WIDE = {"\uff0c": ",", "\u3001": ",", "\uff5c": "|", "\uff1d\uff1e": "=>"}
_WIDE_SIGN = re.compile("|".join(_WIDE))
_SPECIAL = re.compile(rf"\\|,|\||=>|^#|{_WIDE_SIGN.pattern}")


@dataclass
class _Draft:
    """A term while it is read: its characters and where they began."""

    column: int
    text: list[str] = field(default_factory=list)
    weight: list[str] | None = None
    bar: int = 0


def parse(content: str, name: str) -> list[Rule]:
    """Read the rules of one file.

    Args:
        content: of the file.
        name: the file's, for `Rule.source` and errors.

    Raises:
        SynonymsError: names file, line, column, what was found and what to write.
    """
    lines = enumerate(content.removeprefix("\ufeff").split("\n"), 1)
    return [
        _Line(line.removesuffix("\r"), f"{name}:{number}").rule()
        for number, line in lines
        if line.strip() and not line.startswith("#")
    ]


def render(rules: Iterable[Rule]) -> str:
    """Write rules so that `parse` reads the same ones."""
    return "".join(f"{_line(rule)}\n" for rule in rules)


class _Line:
    """One line that holds a rule."""

    def __init__(self, line: str, place: str) -> None:
        self._line = line
        self._place = place

    def rule(self) -> Rule:
        words, *more = self._sides()
        if more:
            self._refuse_weights(words)
            return Rule(self._terms(words), self._terms(more[0]), self._place)
        if len(words) == 1:
            term = self._terms(words)[0].text
            raise self._error(
                words[0].column, f"{term!r} alone", f"what it stands for, as in `{term}, other`"
            )
        return Rule(self._terms(words), source=self._place)

    def _sides(self) -> list[list[_Draft]]:
        """Cut the line at arrows and commas."""
        sides = [[_Draft(1)]]
        for token in _TOKEN.finditer(self._line):
            draft, after = sides[-1][-1], token.end() + 1
            if token["arrow"]:
                if len(sides) > 1:
                    raise self._error(token.start() + 1, "a second `=>`", "one rule per line")
                sides.append([_Draft(after)])
            elif token["comma"]:
                sides[-1].append(_Draft(after))
            elif token["bar"]:
                self._begin_weight(draft, token.start() + 1)
            else:
                (draft.text if draft.weight is None else draft.weight).append(self._plain(token))
        return sides

    def _begin_weight(self, draft: _Draft, column: int) -> None:
        if draft.weight is not None:
            raise self._error(column, "a second `|`", r"`\|` for a bar that belongs to the term")
        draft.weight, draft.bar = [], column

    def _plain(self, token: re.Match[str]) -> str:
        if token.group() == "\\":
            raise self._error(
                token.start() + 1, "a backslash at the end", r"`\\` for a backslash itself"
            )
        if token["escaped"]:
            return token["escaped"][1:]
        if wide := _WIDE_SIGN.search(token.group()):
            column, sign = token.start() + wide.start() + 1, wide.group()
            write = f"`{_WIDE[sign]}` in its place, or `\\{sign}` where it belongs to the term"
            raise self._error(column, f"`{sign}`", write)
        return token.group()

    def _terms(self, drafts: list[_Draft]) -> tuple[Term, ...]:
        return tuple(Term(self._text(draft), self._weight(draft)) for draft in drafts)

    def _text(self, draft: _Draft) -> str:
        text = " ".join("".join(draft.text).split())
        if not key_of(text):
            found = f"{text!r}, in which no letter or digit stands" if text else "an empty term"
            raise self._error(draft.column, found, r"a word or a phrase, or `\,` for a comma in it")
        return text

    def _weight(self, draft: _Draft) -> float | None:
        if draft.weight is None:
            return None
        written = "".join(draft.weight).strip()
        try:
            weight = float(written)
        except ValueError:
            weight = 0.0
        if not 0 < weight <= 1:
            raise self._error(
                draft.bar,
                f"the weight {written!r}",
                r"a number above 0 and at most 1, as in `|0.6`, or `\|` for a bar in the term",
            )
        return weight

    def _refuse_weights(self, words: list[_Draft]) -> None:
        for draft in words:
            if draft.weight is not None:
                raise self._error(
                    draft.bar, "a weight before `=>`", "the weight after what is found"
                )

    def _error(self, column: int, found: str, write: str) -> SynonymsError:
        return SynonymsError(f"{self._place}:{column}: found {found}; write {write}")


def _line(rule: Rule) -> str:
    words = ", ".join(map(_term, rule.words))
    line = f"{words} => {', '.join(map(_term, rule.gives))}" if rule.gives else words
    return f"\\{line}" if line.startswith("#") else line


def _term(term: Term) -> str:
    text = _SPECIAL.sub(lambda found: "\\" + found.group(), term.text)
    return text if term.weight is None else f"{text}|{term.weight!r}"
