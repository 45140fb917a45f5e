"""Queries that lead to the same products: what their words differ by may mean the same.

After Baeza-Yates and Tiberi (2007), "Extracting semantic relations from query logs": queries are
alike when their clicks are.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

from connector.errors import SynonymsError
from query.understand.synonyms.sources.apart import same
from query.understand.synonyms.units import key_of, units
from query.understand.words import Word

COLUMNS = ("query", "product_id", "clicks")
# Two queries are compared when they share this many clicked products: one is chance.
SHARED = 2
# Cosine of the click counts from which two queries ask for the same.
ALIKE = 0.5
# Longer differences are other queries, not other words.
_LONGEST = 4
# A product that everybody clicks says nothing about a query, and pairs grow with its square.
_MOST_QUERIES = 200

Clicks = Mapping[str, Mapping[str, float]]


def read(file: Path) -> dict[str, dict[str, float]]:
    """Read `query, product_id, clicks` rows, tab-separated below a header: clicks by product by query.

    Raises:
        SynonymsError: with file and line.
    """
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SynonymsError(f"{file}: cannot be read as UTF-8 text ({error})") from None
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        found = lines[0] if lines else ""
        raise SynonymsError(f"{file}:1: found {found!r}; write the header {chr(9).join(COLUMNS)!r}")
    clicks: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for number, line in enumerate(lines[1:], 2):
        if line.strip():
            query, product, count = _row(file, number, line)
            clicks[query][product] += count
    return {query: dict(products) for query, products in clicks.items()}


def candidates(clicks: Clicks) -> Iterator[tuple[str, str, float]]:
    """Yield pairs of terms, as they were typed, with the highest cosine of a pair of queries.

    "red sofa" and "red couch" with the same clicks yield `sofa, couch`.
    """
    found: dict[frozenset[tuple[str, ...]], tuple[str, str, float]] = {}
    for one, other in _comparable(clicks):
        cosine = _cosine(clicks[one], clicks[other])
        pair = _difference(one, other) if cosine >= ALIKE else None
        if pair and not same(key_of(pair[0]), key_of(pair[1])):
            keys = frozenset(map(key_of, pair))
            if keys not in found or found[keys][2] < cosine:
                found[keys] = (*pair, cosine)
    yield from sorted(found.values(), key=lambda one: (-one[2], one[0], one[1]))


def _comparable(clicks: Clicks) -> Iterator[tuple[str, str]]:
    queries: dict[str, list[str]] = defaultdict(list)
    for query, products in clicks.items():
        for product in products:
            queries[product].append(query)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for askers in queries.values():
        if len(askers) <= _MOST_QUERIES:
            for pair in combinations(sorted(askers), 2):
                shared[pair] += 1
    return (pair for pair, count in shared.items() if count >= SHARED)


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    product = sum(count * other.get(name, 0.0) for name, count in one.items())
    return min(product / (math.hypot(*one.values()) * math.hypot(*other.values())), 1.0)


def _difference(one: str, other: str) -> tuple[str, str] | None:
    """Return what two queries have between their common beginning and their common end."""
    mine, theirs = units(one), units(other)
    begin = _common(mine, theirs)
    end = _common(mine[begin:][::-1], theirs[begin:][::-1])
    left, right = mine[begin : len(mine) - end], theirs[begin : len(theirs) - end]
    if not (0 < len(left) <= _LONGEST and 0 < len(right) <= _LONGEST):
        return None
    return one[left[0].start : left[-1].end], other[right[0].start : right[-1].end]


def _common(one: list[Word], other: list[Word]) -> int:
    pairs = zip(one, other, strict=False)
    return next(
        (place for place, (mine, theirs) in enumerate(pairs) if mine.key != theirs.key),
        min(len(one), len(other)),
    )


def _row(file: Path, number: int, line: str) -> tuple[str, str, float]:
    cells = [cell.strip() for cell in line.split("\t")]
    try:
        query, product, written = cells
        count = float(written)
    except ValueError:
        query, product, count = "", "", 0.0
    if not (query and product and 0 < count < math.inf):
        raise SynonymsError(
            f"{file}:{number}: found {line[:80]!r}; write a query, a product id and a number of "
            "clicks above 0, separated by tabs"
        )
    return query, product, count
