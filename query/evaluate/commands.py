"""`connector evaluate`: systems measured against human judgments, side by side."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option
from query.options import alias_of, index_option
from query.request import SYSTEMS

if TYPE_CHECKING:
    from query.evaluate.evaluation import Evaluation
    from query.evaluate.judgments import Judgments
    from query.evaluate.runs import Run

_file = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--queries", required=True, type=_file, help="TSV with the columns query_id and query."
)
@click.option(
    "--qrels",
    required=True,
    type=_file,
    help="TSV of judgments: query_id, product_id, grade (0 is irrelevant).",
)
@click.option(
    "--system",
    "systems",
    multiple=True,
    type=click.Choice(SYSTEMS),
    help="A system to ask; may be repeated.  [default: all four, unless --against is given]",
)
@click.option(
    "--against",
    multiple=True,
    type=_file,
    help="A stored TREC run to compare with; may be repeated. Stored runs come first.",
)
@click.option(
    "--run",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write each asked system's answers to, as SYSTEM.run in TREC form.",
)
@click.option("--report", type=_file, help="HTML page to write; it opens from disk.")
@index_option
@catalogue_option
@click.option(
    "--relevant-from",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Lowest grade that MRR, R@100 and P@10 call relevant.",
)
@json_option
@click.pass_context
def evaluate(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    queries: Path,
    qrels: Path,
    systems: tuple[str, ...],
    against: tuple[Path, ...],
    folder: Path | None,
    report: Path | None,
    index: str | None,
    catalogue_file: Path | None,
    relevant_from: int,
    as_json: bool,
) -> None:
    """Measure systems against human judgments and compare them with the first.

    The first is the baseline: a stored run where --against names one, else the first --system.
    Comparing stored runs only needs no cluster and no model.

    \b
    Example:
      connector evaluate --queries examples/shop/queries.tsv --qrels examples/shop/qrels.tsv \\
        --system bm25 --system hybrid --run runs --report evaluation.html
      connector evaluate --queries examples/shop/queries.tsv --qrels examples/shop/qrels.tsv \\
        --against runs/bm25.run --against runs/hybrid.run
    """
    from query.evaluate import evaluation, judgments, runs

    if report:
        # Loaded before anything is asked, so that a missing package is said at once.
        from query.evaluate import report as page
    asked = tuple(dict.fromkeys(systems)) or (() if against else SYSTEMS)
    if folder and not asked:
        raise click.UsageError("--run writes what a --system answers, and none is asked")
    judged = judgments.read(queries, qrels)
    found = runs.read_all(against, taken=asked)
    if asked:
        found += _ask(ctx, asked, judged, index, catalogue_file)
    if folder:
        for run in found[len(against) :]:
            runs.write(run, folder)
    result = evaluation.evaluate(judged, found, relevant_from)
    if report:
        page.write(result, report, _made(queries, qrels))
    _print(result, as_json, report)


def _ask(
    ctx: click.Context,
    systems: tuple[str, ...],
    judged: "Judgments",
    index: str | None,
    catalogue_file: Path | None,
) -> "list[Run]":
    """Ask every system every judged query of a live index."""
    from connector.telemetry import progress
    from query.evaluate import live, runs

    settings = settings_of(ctx)
    total = len(systems) * len(judged.queries)
    with (
        live.opened(settings, alias_of(settings, index, catalogue_file)) as search,
        progress("evaluating", total, "queries") as bar,
    ):
        return runs.collect(systems, judged.queries, search, bar.update)


def _made(queries: Path, qrels: Path) -> str:
    from datetime import UTC, datetime

    return f"{queries} · {qrels} · {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def _print(result: "Evaluation", as_json: bool, report: Path | None) -> None:
    if as_json:
        from query.evaluate.evaluation import as_json as plain

        print_json(plain(result))
        return
    from query.evaluate import table

    table.show(result)
    for note in result.notes():
        click.echo(f"note: {note}", err=True)
    if report:
        click.echo(f"report: {report}")
