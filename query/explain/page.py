"""The evidence of one or several systems as a page that needs nothing beside itself."""

from collections.abc import Sequence
from pathlib import Path

from connector import files
from connector.errors import RequestError
from mappings.catalogue import Catalogue
from query.explain.card import MEANINGS, Page, page, signed
from query.html import filled
from query.response import SearchResponse


def write(
    file: Path, query: str, responses: Sequence[SearchResponse], catalogue: Catalogue, first: int
) -> None:
    """Write the page.

    Args:
        file: where to; its folder is made when missing.
        query: as typed.
        responses: one per system.
        catalogue: says which stored field is title, brand and price.
        first: place of the first hit, from 1.

    Raises:
        RequestError: the file cannot be written.
    """
    pages = [page(response, catalogue, first) for response in responses]
    text = render(query, pages, f"{catalogue.name}, evidence of each hit")
    files.write(file, text, RequestError)


def render(query: str, pages: Sequence[Page], made: str) -> str:
    """Return the page."""
    there = {bar.name for one in pages for card in one.cards for bar in card.bars}
    meanings = {name: said for name, said in MEANINGS.items() if name in there}
    here = Path(__file__).parent
    return filled(here, query=query, pages=pages, made=made, meanings=meanings, signed=signed)
