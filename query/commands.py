"""`connector search`."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option
from query.options import alias_of, filter_option, index_option
from query.request import SYSTEMS

if TYPE_CHECKING:
    from query.request import System
    from query.response import SearchResponse


@click.command()
@click.argument("query")
@click.option("--size", default=10, show_default=True, help="Hits on the page.")
@click.option("--from", "from_", default=0, show_default=True, help="Hits before the page.")
@filter_option
@click.option(
    "--explain",
    is_flag=True,
    help="A card per hit: what each term adds, what it has of the query and where.",
)
@click.option(
    "--explain-html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the cards as a web page.",
)
@click.option(
    "--system",
    "systems",
    multiple=True,
    type=click.Choice(SYSTEMS),
    help="Which ranking answers; may be repeated to compare.  [default: hybrid]",
)
@click.option(
    "--facet",
    "facets",
    multiple=True,
    metavar="FIELD",
    help="Count the values of a field; FIELD:20,50,100 counts a number in ranges.",
)
@click.option("--min-score", type=float, help="Leave out hits that score less.")
@click.option(
    "--without",
    multiple=True,
    metavar="PART",
    help="Leave out a step of understanding, a term of the score or a stage; may be repeated.",
)
@click.option(
    "--cursor",
    help="Page of a ranking that stays the same: empty for the first, then what the page before "
    "printed.",
)
@index_option
@catalogue_option
@json_option
@click.pass_context
def search(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    query: str,
    size: int,
    from_: int,
    filters: tuple[str, ...],
    explain: bool,
    page: Path | None,
    systems: tuple[str, ...],
    facets: tuple[str, ...],
    min_score: float | None,
    without: tuple[str, ...],
    cursor: str | None,
    index: str | None,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Search an index and show what each hit was found by.

    \b
    Example:
      connector search "warm jacket for hiking" --explain
      connector search headphones --filter brand=Sonora --filter 'price<=100'
      connector search "torch for camping" --system bm25 --system vector --system hybrid
      connector search "torch for camping" --explain-html why.html
      connector search jacket --facet brand --facet price:50,100 --size 5
    """
    from query.request import Filter, SearchRequest
    from query.search import Searcher

    settings = settings_of(ctx)
    conditions = tuple(Filter.parse(text) for text in filters)
    asked = SearchRequest(
        query,
        size,
        from_,
        conditions,
        explain=explain or page is not None,
        without=without,
        min_score=min_score,
        facets=facets,
        cursor=cursor,
    )
    with Searcher.open(alias_of(settings, index, catalogue_file), settings) as searcher:
        found = [
            searcher.search(asked, system=cast("System", system))
            for system in dict.fromkeys(systems or ("hybrid",))
        ]
        if page:
            from query.explain.page import write

            write(page, query, found, searcher.catalogue, from_ + 1)
        if as_json:
            _print_json(found)
            return
        from query.explain.terminal import show

        show(found, searcher.catalogue, from_ + 1, explain=explain)


def _print_json(found: "list[SearchResponse]") -> None:
    """Print one object, or a list of them where several systems were asked."""
    pages = [page.as_json() for page in found]
    print_json(pages if len(pages) > 1 else pages[0])
