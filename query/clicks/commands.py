"""`connector judgments from-clicks`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option
from query.options import alias_of, index_option

if TYPE_CHECKING:
    from query.clicks.graded import ModelName

_MODELS = ("position", "cascade", "weighting")


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
    type=click.Choice(_MODELS),
    default="position",
    show_default=True,
    help="How what was looked at is told from what was wanted.",
)
@click.option("--days", default=30, show_default=True, help="Behaviour that counts, up to now.")
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
    model: "ModelName",
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
    from connector.cluster import connect, faults
    from connector.errors import UsageError
    from query.clicks import graded, stored
    from query.evaluate.judgments import read_queries
    from query.ubi.indices import Names
    from query.ubi.privacy import Privacy, plain

    settings = settings_of(ctx)
    privacy, names = Privacy(settings.behaviour), Names.of(settings.behaviour)
    if settings.behaviour.query_text == "hashed" and not queries:
        raise UsageError(
            "queries are hashed, so their words are not known: name the queries to judge with "
            "--queries, or record with behaviour.query_text=redacted"
        )
    texts = read_queries(queries) if queries else {}
    known = {plain(privacy.query(text)): query_id for query_id, text in texts.items()}
    alias = alias_of(settings, index, catalogue_file)
    with faults("reading behaviour", settings.opensearch.url):
        pages = stored.pages(connect(settings.opensearch), names, alias, days, known)
    if not texts:
        pages, texts = graded.numbered(pages)
    judged = graded.judge(pages, model, least_confidence)
    graded.write(folder, judged, texts)
    told = {
        "folder": str(folder),
        "pages": len(pages),
        "pairs": len(judged),
        "queries": len({one.query_id for one in judged}),
        "confidence": round(sum(one.confidence for one in judged) / len(judged), 3),
    }
    if as_json:
        print_json(told)
        return
    form = "{folder}: {pairs:,} pairs of {queries:,} queries from {pages:,} pages, mean confidence {confidence}"
    click.echo(form.format(**told))
