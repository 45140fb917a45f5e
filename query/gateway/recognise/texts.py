"""Clauses that hold the user's words: the match family.

Options: https://docs.opensearch.org/latest/query-dsl/full-text/index/
"""

import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from mappings.index import ALL
from query.gateway.recognise.reasons import Reason, UnreadError

Json = dict[str, Any]
Prose = tuple[str, ...]

_PLAIN = frozenset(["query", "boost", "_name"])
_FUZZY = frozenset(
    ["fuzziness", "prefix_length", "max_expansions", "fuzzy_transpositions", "fuzzy_rewrite"]
)
_LOOSE = frozenset(["operator", "minimum_should_match", "zero_terms_query", "lenient"])
_PHRASES = frozenset(["auto_generate_synonyms_phrase_query"])
_ONE_FIELD: dict[str, frozenset[str]] = {
    "match": _PLAIN | _FUZZY | _LOOSE | _PHRASES | {"cutoff_frequency"},
    "match_phrase": _PLAIN | {"slop", "zero_terms_query"},
    "match_phrase_prefix": _PLAIN | {"slop", "max_expansions", "zero_terms_query"},
    "match_bool_prefix": _PLAIN | _FUZZY | _LOOSE,
}
_MANY_FIELDS: dict[str, frozenset[str]] = {
    "multi_match": _PLAIN
    | _FUZZY
    | _LOOSE
    | _PHRASES
    | {"type", "fields", "tie_breaker", "slop", "cutoff_frequency"},
    "combined_fields": _PLAIN | _LOOSE | _PHRASES | {"fields"},
}
TEXTS = frozenset([*_ONE_FIELD, *_MANY_FIELDS])
_TYPES = frozenset(
    ["best_fields", "most_fields", "cross_fields", "phrase", "phrase_prefix", "bool_prefix"]
)
# Beyond having one of the words: all of them, in their order, or what begins as the last one does.
# No other leg can read a word that is still being typed.
_STRICT = (
    *("match_phrase", "match_phrase_prefix", "phrase", "phrase_prefix"),
    *("match_bool_prefix", "bool_prefix"),
)
_NOTHING = re.compile(r"[+-]?0*\.?0+")
# A possessive's end is no part of its word.
_WORD = re.compile(r"(\w+(?:['\u2019](?!s\b)\w+)*)(?:['\u2019]s\b)?")
# Shares and counts that one word fulfils.
_ONE_WORD = (None, 0, 1, "0", "1", "0%")


@dataclass(frozen=True)
class Text:
    """What a clause with words says.

    Attributes:
        text: the words, in single spaces.
        prose: whether they are looked for in the title or other prose.
        strict: whether a product must meet more than having one of the words.
        conditions: clauses beside it that every hit meets.
        functions: `function_score` bodies around it that multiply its score.
    """

    text: str
    prose: bool
    strict: bool
    conditions: tuple[Json, ...] = ()
    functions: tuple[Json, ...] = ()

    def under(self, *conditions: Json) -> "Text":
        """Return the same under more conditions."""
        return replace(self, conditions=(*self.conditions, *conditions))


def read(kind: str, body: Any, prose: Prose) -> Text | None:
    """Read one clause of the match family; None for one that is to score nothing, a condition.

    Args:
        kind: one of TEXTS.
        body: what stands below it.
        prose: names of the fields with the title and other prose.

    Raises:
        UnreadError: an option that is not known, or changes what the words are.
    """
    fields, options = _opened(kind, body)
    type_ = options.get("type", "best_fields")
    if not isinstance(type_, str) or type_ not in _TYPES:
        raise UnreadError(Reason.OPTION)
    if is_silent(options):
        return None
    return Text(
        text=_words(options.get("query")),
        prose=any(_holds(field, prose) for field in fields),
        strict=kind in _STRICT or type_ in _STRICT or _demands(options),
    )


def is_silent(options: Json) -> bool:
    """Return whether a clause with these options adds nothing to a score: its boost is 0."""
    return bool(_NOTHING.fullmatch(str(options.get("boost"))))


def _opened(kind: str, body: Any) -> tuple[list[str], Json]:
    """Return the fields that a clause searches, as written, and its options."""
    if not isinstance(body, dict):
        raise UnreadError(Reason.OPTION)
    if kind in _MANY_FIELDS:
        fields, options, known = body.get("fields", ["*"]), body, _MANY_FIELDS[kind]
        fields = [fields] if isinstance(fields, str) else fields
    else:
        if len(body) != 1:
            raise UnreadError(Reason.OPTION)
        ((field, options),) = body.items()
        options = options if isinstance(options, dict) else {"query": options}
        fields, known = [field], _ONE_FIELD[kind]
    if not isinstance(fields, list) or not all(isinstance(field, str) for field in fields):
        raise UnreadError(Reason.OPTION)
    if not known.issuperset(options):
        raise UnreadError(Reason.OPTION)
    return fields, options


def words_of(text: str) -> frozenset[str]:
    """Return a text's words as its analyzers compare them with stop words: plain, in lower case."""
    return frozenset(found[1] for found in _WORD.finditer(text.lower()))


def _words(query: Any) -> str:
    if isinstance(query, bool) or not isinstance(query, str | int | float):
        raise UnreadError(Reason.NO_TEXT)
    words = " ".join(str(query).split())
    if not any(map(str.isalnum, words)):
        # The cluster's analyzers find no word in it; the model would find something, always the same.
        raise UnreadError(Reason.NO_TEXT)
    return words


def _holds(field: str, prose: Prose) -> bool:
    """Return whether a field as a query names it, with stars and a weight, holds prose."""
    name, _, boost = field.partition("^")
    if is_silent({"boost": boost}):
        return False
    return name == ALL or any(
        fnmatchcase(each, name) or name.startswith(f"{each}.") for each in prose
    )


def _demands(options: Json) -> bool:
    operator = options.get("operator")
    every = isinstance(operator, str) and operator.lower() == "and"
    least = options.get("minimum_should_match")
    return every or isinstance(least, list | dict) or least not in _ONE_WORD
