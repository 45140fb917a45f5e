"""The template, filled."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from connector import files
from mappings.dashboards.panel import Board, Language, Text
from mappings.dashboards.query import TIME
from query.html import filled
from query.report import drawing, words
from query.report.rows import Filled, Row

Boards = Sequence[tuple[Board, Sequence[Filled]]]


@dataclass(frozen=True)
class Fact:
    """One figure at the top: what it is, and one beside it."""

    value: str
    name: Text
    beside: str = ""
    meaning: Text | None = None


def write(boards: Boards, file: Path, language: Language, days: int, at: datetime) -> None:
    """Write the page.

    Raises:
        UsageError: the file cannot be written.
    """
    files.write(file, render(boards, language, days, at))


def render(boards: Boards, language: Language, days: int, at: datetime) -> str:
    """Return the page.

    Args:
        boards: with their rows.
        language: that it opens in; the page holds both.
        days: that the rows are of.
        at: when it was made, in UTC.
    """
    made = Text(*(text.format(days=days, at=f"{at:%Y-%m-%d %H:%M}") for text in words.MADE))
    return filled(
        Path(__file__).parent,
        boards=boards,
        facts=list(facts(boards)),
        language=language,
        made=made,
        words=words,
        drawing=drawing,
    )


def facts(boards: Boards) -> Iterator[Fact]:
    """Yield the figures of the top, those that are known."""
    rows = {each.panel.id: each.rows for _, panels in boards for each in panels}
    ours = _of(rows["connector-systems"], "system", "hybrid")
    if ours:
        gain = "" if ours["difference"] is None else f"{ours['difference']:+.3f}"
        yield Fact(drawing.figure(ours["nDCG@10"], "score"), words.QUALITY, gain, words.GAIN)
    indices = rows["connector-indices"]
    if indices:
        products, vectors = (_sum(indices, name) for name in ("products", "with vectors"))
        share = drawing.figure(vectors / products if products else None, "share")
        yield Fact(f"{products:,.0f}", words.PRODUCTS, share, words.COVERED)
    if rows["connector-lag"]:
        letters = f"{_newest(rows['connector-dead-letters'], 'index', 'records'):,.0f}"
        lag = f"{_newest(rows['connector-lag'], 'topic', 'records'):,.0f}"
        yield Fact(lag, words.LAG, letters, words.LETTERS)
    searches = _sum(rows["connector-searches"], "searches")
    if searches:
        share = drawing.figure(_without_result(rows), "share")
        yield Fact(f"{searches:,.0f}", words.SEARCHES, share, words.WITHOUT)


def _without_result(rows: Mapping[str, list[Row]]) -> float | None:
    """Return the share of searches without a result; None where no group is in both panels.

    The panels are asked one after the other: what comes in between may add a group to the second.
    """
    shares = {(row[TIME], row["system"]): row["share"] for row in rows["connector-zero-results"]}
    known = [
        (row["searches"], shares[group] or 0)
        for row in rows["connector-searches"]
        if (group := (row[TIME], row["system"])) in shares
    ]
    searches = sum(count for count, _ in known)
    return sum(count * share for count, share in known) / searches if searches else None


def _of(rows: list[Row], name: str, value: str) -> Row | None:
    return next((row for row in rows if row[name] == value), None)


def _sum(rows: list[Row], name: str) -> float:
    return sum(row[name] or 0 for row in rows)


def _newest(rows: list[Row], by: str, name: str) -> float:
    """Return the sum over groups of each one's newest figure."""
    newest: dict[Any, float] = {row[by]: row[name] or 0 for row in rows}
    return sum(newest.values())
