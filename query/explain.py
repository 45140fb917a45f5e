"""Responses for people: a table on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from mappings.catalogue import Catalogue
from query.response import Hit, SearchResponse, Term

# Products are listed by these roles, in this order.
_SHOWN = ("title", "brand", "price")
_WIDE = 200


def show(
    responses: Sequence[SearchResponse], catalogue: Catalogue, first: int, *, explain: bool
) -> None:
    """Print the pages of one or several systems.

    Args:
        responses: one page per system.
        catalogue: says which stored field is title, brand and price.
        first: place of the first hit, from 1.
        explain: also print each term's rank, raw and calibrated score, weight and share.
    """
    console = Console(
        width=None if sys.stdout.isatty() else _WIDE, markup=False, emoji=False, highlight=False
    )
    fields = [n for role in _SHOWN for n, spec in catalogue.fields.items() if spec.role == role]
    for response in responses:
        console.print(_headline(response))
        for note in response.notes:
            console.print(f"note: {note}")
        if response.hits:
            console.print(_table(response, fields, first, explain=explain))


def _headline(response: SearchResponse) -> str:
    more = "" if response.relation == "eq" else "at least "
    return f"{response.system}: {more}{response.total:,} found, {response.took_ms:.0f} ms"


def _table(response: SearchResponse, fields: Sequence[str], first: int, *, explain: bool) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("#", justify="right")
    table.add_column("score", justify="right")
    for field in fields:
        table.add_column(field, max_width=60, overflow="ellipsis", no_wrap=True)
    table.add_column("found by", no_wrap=True)
    table.add_column("id", no_wrap=True)
    for place, hit in enumerate(response.hits, first):
        cells = [_text(hit.source.get(field)) for field in fields]
        table.add_row(str(place), f"{hit.score:.3f}", *cells, _found_by(hit), _text(hit.id))
        if explain:
            for line in _lines(hit):
                table.add_row("", "", line)
    return table


def _found_by(hit: Hit) -> str:
    return " · ".join(f"{term.name} {term.rank}" for term in hit.evidence.terms if term.rank)


def _lines(hit: Hit) -> Iterator[str]:
    for term in hit.evidence.terms:
        yield _line(term)
    if hit.evidence.clauses:
        yield f"  {_clauses(hit.evidence.clauses)}"


def _line(term: Term) -> str:
    sum_ = f"  {term.share:+.3f} = {term.weight:.2f} · {term.value:.3f}  {term.name}"
    if term.rank is None:
        return sum_
    rank = f"#{term.rank}" if term.rank else "not in its list"
    raw = "none" if term.raw is None else f"{term.raw:.3f}"
    return f"{sum_} {raw}, {rank}"


def _clauses(clauses: Mapping[str, float]) -> str:
    return "lexical parts: " + ", ".join(f"{name} {score:.2f}" for name, score in clauses.items())


def _text(value: Any) -> str:
    """Return a cell; characters that could steer a terminal become spaces."""
    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "".join(char if char.isprintable() else " " for char in text)
