"""`connector judgments from-clicks`."""

from pathlib import Path

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option
from query.clicks.models import MODELS, ModelName
from query.options import alias_of, days_option, index_option


@click.command("from-clicks")
@click.option(
    "--queries",
    type=click.Path(dir_okay=False, path_type=Path),
    help="TSV with query_id and query: only these are judged. Needed where queries are hashed.",
)
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for qrels.tsv and queries.tsv; they must not exist.",
)
@click.option(
    "--model",
    type=click.Choice(MODELS),
    default="position",
    show_default=True,
    help="How what was looked at is told from what was wanted.",
)
@days_option
@click.option(
    "--least-confidence",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Less sure pairs are left out.",
)
@index_option
@catalogue_option
@json_option
@click.pass_context
def from_clicks(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    queries: Path | None,
    folder: Path,
    model: ModelName,
    days: int,
    least_confidence: float,
    index: str | None,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Make judgments of what shoppers clicked, whatever place it stood at.

    qrels.tsv has a confidence for each pair, and is read by `evaluate` and `train weights` as it
    stands. Robots are left out, and a shopper has one vote per query.

    \b
    Example:
      connector judgments from-clicks --queries queries.tsv --to clicked
      connector evaluate --queries clicked/queries.tsv --qrels clicked/qrels.tsv
    """
    from query.clicks.judgments import Wanted, make_judgments

    settings = settings_of(ctx)
    alias = alias_of(settings, index, catalogue_file)
    told = make_judgments(settings, alias, Wanted(queries, days, model, least_confidence), folder)
    if as_json:
        print_json(told)
        return
    form = "{folder}: {pairs:,} pairs of {queries:,} queries from {pages:,} pages, mean confidence {confidence}"
    click.echo(form.format(**told))
