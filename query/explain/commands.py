"""`connector explain`."""

from pathlib import Path
from typing import cast

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option
from query.options import alias_of, filter_option, index_option
from query.request import OWN, System


@click.command()
@click.argument("query")
@click.option("--id", "id_", required=True, help="The product that is asked about.")
@filter_option
@click.option("--size", default=10, show_default=True, help="Hits on the page it is missed on.")
@click.option(
    "--system",
    type=click.Choice(OWN),
    default="hybrid",
    show_default=True,
    help="Which ranking is asked.",
)
@index_option
@catalogue_option
@json_option
@click.pass_context
def explain(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    query: str,
    id_: str,
    filters: tuple[str, ...],
    size: int,
    system: str,
    index: str | None,
    catalogue_file: Path | None,
    as_json: bool,
) -> int:
    """Show where a product is lost in a search, or why it stands where it stands.

    It is followed step by step: is it stored and visible, does it meet the filters, which words
    does it have, where do the legs see it, does it become a candidate, what does it score, what do
    later stages do to it. Exit code 1 when there is no such product.

    \b
    Example:
      connector explain "warm jacket for hiking" --id SH-0042
      connector explain headphones --id SH-0107 --filter 'price<=100' --json
    """
    from query.request import Filter
    from query.search import Searcher

    settings = settings_of(ctx)
    conditions = [Filter.parse(text) for text in filters]
    with Searcher.open(alias_of(settings, index, catalogue_file), settings) as searcher:
        answer = searcher.why_not(
            id_, query, filters=conditions, size=size, system=cast("System", system)
        )
    if as_json:
        print_json(answer.as_json())
    else:
        from query.explain.whynot.terminal import show

        show(answer)
    return 1 if answer.lost == "stored" else 0
