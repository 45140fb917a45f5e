"""The evidence of one or several systems as a page that needs nothing beside itself."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from connector.errors import RequestError
from mappings.catalogue import Catalogue
from query.explain.card import MEANINGS, Page, page, signed
from query.response import SearchResponse

TEMPLATE = "page.html.j2"


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
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        raise RequestError(f"{file}: cannot be written ({error.strerror or error})") from None


def render(query: str, pages: Sequence[Page], made: str) -> str:
    """Return the page; every text that came from outside is escaped by the template engine."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    there = {bar.name for one in pages for card in one.cards for bar in card.bars}
    meanings = {name: said for name, said in MEANINGS.items() if name in there}
    return environment.get_template(TEMPLATE).render(
        query=query, pages=pages, made=made, meanings=meanings, signed=signed
    )
