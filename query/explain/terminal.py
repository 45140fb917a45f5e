"""Responses for people: a table, or a card per hit; plain lines where there is no terminal."""

import sys
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mappings.catalogue import Catalogue
from query.explain.card import (
    Bar,
    Card,
    Fact,
    Page,
    found_by,
    headline,
    page,
    plain,
    shown,
    signed,
)
from query.response import SearchResponse

_WIDE = 200
_BAR = 24
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def console() -> Console:
    """Return where people read: the terminal, or wide plain lines."""
    width = None if sys.stdout.isatty() else _WIDE
    return Console(width=width, markup=False, emoji=False, highlight=False)


def show(
    responses: Sequence[SearchResponse], catalogue: Catalogue, first: int, *, explain: bool
) -> None:
    """Print the pages of one or several systems.

    Args:
        responses: one page per system.
        catalogue: says which stored field is title, brand and price.
        first: place of the first hit, from 1.
        explain: print a card per hit instead of a line.
    """
    out = console()
    for response in responses:
        if explain:
            for line in _cards(page(response, catalogue, first)):
                out.print(line)
        else:
            out.print(headline(response))
            for note in response.notes:
                out.print(f"note: {note}")
            if response.hits:
                out.print(_table(response, shown(catalogue), first))
        for facet in response.facets:
            values = ", ".join(f"{one.value} {one.count:,}" for one in facet.buckets)
            out.print(f"{facet.field}: {values or 'nothing'}")
        if response.cursor:
            out.print(f"next page: --cursor {response.cursor}", soft_wrap=True)


def _table(response: SearchResponse, fields: Sequence[str], first: int) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("#", justify="right")
    table.add_column("score", justify="right")
    for field in fields:
        table.add_column(field, max_width=60, overflow="ellipsis", no_wrap=True)
    table.add_column("found by", no_wrap=True)
    table.add_column("id", no_wrap=True)
    for place, hit in enumerate(response.hits, first):
        cells = [plain(hit.source.get(field)) for field in fields]
        legs = " · ".join(found_by(hit))
        table.add_row(str(place), f"{hit.score:.3f}", *cells, legs, plain(hit.id))
    return table


def _cards(shown: Page) -> Iterator[Text | Table]:
    yield Text(shown.headline, "bold")
    for note in shown.notes:
        yield Text(f"note: {note}")
    if shown.understood:
        yield facts(shown.understood)
    for card in shown.cards:
        yield Text()
        yield _head(card)
        yield bars(card.bars)
        if card.facts:
            yield facts(card.facts)


def _head(card: Card) -> Table:
    about = "".join(f" · {part}" for part in card.about)
    table = grid()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    what = Text.assemble((card.title, "bold"), about, f" [{card.id}]")
    table.add_row(f"{card.place:>3}", Text(f"{card.score:.3f}", "bold"), what)
    return table


def bars(shown: Iterable[Bar]) -> Table:
    """Return terms with their shares as bars; what takes away is marked by its sign and colour."""
    table = grid()
    table.add_column(min_width=11)
    table.add_column(min_width=_BAR, max_width=_BAR)
    table.add_column(justify="right")
    table.add_column()
    table.add_column(overflow="fold")
    for bar in shown:
        colour = "red" if bar.width < 0 else "green"
        share = signed(bar.share) if bar.sum else ""
        drawn = Text(_drawn(abs(bar.width)), colour)
        equals = f"= {bar.sum}" if bar.sum else ""
        table.add_row("", bar.name, drawn, share, equals, bar.raw)
    return table


def facts(shown: Iterable[Fact]) -> Table:
    """Return one line per fact."""
    table = grid()
    table.add_column(style="cyan", no_wrap=True, min_width=11)
    table.add_column(overflow="fold")
    for fact in shown:
        table.add_row("", fact.kind, fact.text)
    return table


def grid() -> Table:
    """Return a table without lines, below a heading."""
    table = Table(box=None, pad_edge=False, show_edge=False, show_header=False)
    table.add_column(width=3)
    return table


def _drawn(width: float) -> str:
    """Return a bar of up to `_BAR` characters, to an eighth of a character."""
    eighths = round(width * _BAR * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
