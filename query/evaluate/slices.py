"""Queries in groups: by length, script, numbers, how much there is to find, and by columns."""

import re
import statistics
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from connector.errors import JudgmentsError
from query.evaluate.judgments import Judgments
from query.evaluate.tsv import read_columns
from query.understand.vocabulary import HAN

BUILTIN = "builtin"
# A column with more values than these is text, not a group.
MOST_VALUES = 20
_LONGEST_WORDS = 4
# Chinese words have two characters more often than not; lengths count pairs of them.
_LONGEST_PAIRS = 4

_HAN = re.compile(f"[{HAN}]")
_MODEL = re.compile(r"\b(?=[a-z0-9-]*[a-z])(?=[a-z0-9-]*\d)[a-z0-9]+(?:-[a-z0-9]+)*\b", re.ASCII)


@dataclass(frozen=True)
class Slice:
    """Queries that have something in common.

    Attributes:
        dimension: what they are grouped by.
        value: what they have in common.
        queries: their ids, in the queries' order.
    """

    dimension: str
    value: str
    queries: tuple[str, ...]


def builtin(judgments: Judgments, queries: Path, relevant_from: int) -> list[Slice]:
    """Return the slices that every evaluation can have, and those by columns of the queries file.

    A slice that all queries are in tells nothing that the whole does not, and is left out.

    Raises:
        JudgmentsError: see `read_columns`.
    """
    texts, heads = judgments.queries, _head(judgments, relevant_from)
    found = [
        *_grouped("length", {query_id: length(text) for query_id, text in texts.items()}),
        *_grouped("script", {query_id: script(text) for query_id, text in texts.items()}),
        *_grouped("numbers", {query_id: numbers(text) for query_id, text in texts.items()}),
        *_grouped("to find", heads),
    ]
    for name, column in read_columns(queries, leaving=("query_id", "query")).items():
        if len(set(column.values())) <= MOST_VALUES:
            found += _grouped(name, _known(column, judgments))
    return [one for one in found if len(one.queries) < len(texts)]


def read(file: Path, judgments: Judgments) -> list[Slice]:
    """Return the slices of a file: tab-separated, `query_id` and one column per grouping.

    A query without a line, or with an empty cell, is in no slice of that column.

    Raises:
        JudgmentsError: with file and line; also when nothing in it can be a slice.
    """
    columns = read_columns(file, leaving=("query_id", "query"))
    if not columns:
        raise JudgmentsError(f"{file}: only query_id in the header; add a column to group by")
    found: list[Slice] = []
    for name, column in columns.items():
        values = len(set(column.values()))
        if values > MOST_VALUES:
            raise JudgmentsError(
                f"{file}: column {name!r} has {values} values; slices need {MOST_VALUES} or fewer"
            )
        found += _grouped(name, _known(column, judgments))
    if not found:
        raise JudgmentsError(f"{file}: none of its query ids is evaluated; check the ids")
    return found


def length(text: str) -> str:
    """Return the length of a query: in words, or in characters where Chinese is written."""
    if _HAN.search(text):
        characters = sum(not char.isspace() for char in text)
        pairs = min(_LONGEST_PAIRS, (characters + 1) // 2)
        more = "+" if pairs == _LONGEST_PAIRS else f" or {2 * pairs}"
        return f"{2 * pairs - 1}{more} characters"
    words = min(_LONGEST_WORDS, len(text.split()))
    return f"{words}{'+' if words == _LONGEST_WORDS else ''} word{'s' if words > 1 else ''}"


def script(text: str) -> str:
    """Return the writing of a query: Latin, Han, both, or something else."""
    letters = [char for char in text if char.isalpha()]
    han = sum(bool(_HAN.match(char)) for char in letters)
    latin = sum(unicodedata.name(char, "").startswith("LATIN") for char in letters)
    if han + latin < len(letters):
        return "other"
    if han:
        return "Han and Latin" if latin else "Han"
    return "Latin" if latin else "no letters"


def numbers(text: str) -> str:
    """Return whether a query names a model or a size (`wh-1000xm4`, `6ft`), or another number."""
    if _MODEL.search(text.casefold()):
        return "model or size"
    return "number" if any(char.isdigit() for char in text) else "no number"


def _head(judgments: Judgments, relevant_from: int) -> dict[str, str]:
    """Tell queries with more relevant products than the median from the others."""
    counts = {
        query_id: sum(grade >= relevant_from for grade in products.values())
        for query_id, products in judgments.grades.items()
    }
    middle = int(statistics.median_low(list(counts.values())))
    return {
        query_id: f"head, over {middle}" if count > middle else f"tail, up to {middle}"
        for query_id, count in counts.items()
    }


def _known(column: Mapping[str, str], judgments: Judgments) -> dict[str, str]:
    return {query_id: column[query_id] for query_id in judgments.queries if query_id in column}


def _grouped(dimension: str, values: Mapping[str, str]) -> list[Slice]:
    groups: dict[str, list[str]] = {}
    for query_id, value in values.items():
        groups.setdefault(value, []).append(query_id)
    return [Slice(dimension, value, tuple(groups[value])) for value in sorted(groups)]
