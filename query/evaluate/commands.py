"""`connector evaluate`: systems measured against human judgments, side by side."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option
from query.options import alias_of, index_option
from query.request import SYSTEMS

if TYPE_CHECKING:
    from connector.settings import Settings
    from query.evaluate.evaluation import Evaluation
    from query.evaluate.judgments import Judgments
    from query.evaluate.slices import Slice


# Asked when nobody says which, the baseline first.
USUAL = ("bm25", "vector", "native", "hybrid")
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
    help=f"A system to ask; may be repeated.  [default: {', '.join(USUAL)}, unless --against is given]",
)
@click.option(
    "--against",
    multiple=True,
    type=_file,
    help="A stored TREC run to compare with; may be repeated. Stored runs come first.",
)
@click.option(
    "--ablate",
    multiple=True,
    is_flag=False,
    flag_value="all",
    metavar="[PART]",
    help="Ask the last system again without each of its steps, terms and stages; with PART, "
    "which may be repeated, only without these.",
)
@click.option(
    "--slices",
    multiple=True,
    metavar="builtin|FILE",
    help="Compare on groups of queries, too: by length, script, numbers, how much there is to "
    "find and further columns of the queries file, or by the columns of a TSV with query_id.",
)
@click.option(
    "--not-worse",
    is_flag=True,
    help="End with exit code 3 where a system is worse than the first beyond noise, on all queries "
    "or on any of the --slices.",
)
@click.option(
    "--run",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write each asked system's answers to, as SYSTEM.run in TREC form.",
)
@click.option("--report", type=_file, help="HTML page to write; it opens from disk.")
@click.option(
    "--record",
    type=click.Choice(("ids", "texts")),
    is_flag=False,
    flag_value="ids",
    help="Keep the figures in the index connector-relevance, for dashboards; of the queries their "
    "ids, or with `texts` what they say, too.",
)
@index_option
@catalogue_option
@click.option(
    "--relevant-from",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Lowest grade that the measures without grades call relevant.",
)
@json_option
@click.pass_context
def evaluate(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    queries: Path,
    qrels: Path,
    systems: tuple[str, ...],
    against: tuple[Path, ...],
    ablate: tuple[str, ...],
    slices: tuple[str, ...],
    not_worse: bool,
    folder: Path | None,
    report: Path | None,
    record: str | None,
    index: str | None,
    catalogue_file: Path | None,
    relevant_from: int,
    as_json: bool,
) -> None:
    """Measure systems against human judgments and compare them with the first.

    The first is the baseline: a stored run where --against names one, else the first --system.
    Comparing stored runs only needs no cluster and no model; with --index the report shows titles.

    \b
    Example:
      connector evaluate --queries examples/shop/queries.tsv --qrels examples/shop/qrels.tsv \\
        --system bm25 --system hybrid --run runs --report evaluation.html
      connector evaluate --queries examples/shop/queries.tsv --qrels examples/shop/qrels.tsv \\
        --against runs/bm25.run --against runs/hybrid.run --slices builtin
      connector evaluate --queries examples/shop/queries.tsv --qrels examples/shop/qrels.tsv \\
        --system hybrid --ablate
    """
    from query.evaluate import evaluation, judgments, runs
    from query.evaluate.asking import Answers, Questions, ask
    from query.evaluate.metrics import CUTOFF

    if report:
        # Loaded before anything is asked, so that a missing package is said at once.
        from query.evaluate import report as page
    asked = tuple(dict.fromkeys(systems)) or (() if against else USUAL)
    if folder and not asked:
        raise click.UsageError("--run writes what a --system answers, and none is asked")
    if not_worse and len(asked) + len(against) <= 1:
        raise click.UsageError("--not-worse compares with the first, and there is one system only")
    judged = judgments.read(queries, qrels)
    groups = _slices(slices, judged, queries, relevant_from)
    stored = runs.read_all(against, taken=asked)
    runs.require_common(stored, judged.queries)
    titles = CUTOFF if report and (asked or index) else 0
    questions, answers = Questions(asked, ablate, titles, tuple(stored)), Answers()
    if asked or titles:
        settings = settings_of(ctx)
        answers = ask(settings, alias_of(settings, index, catalogue_file), questions, judged)
    if folder:
        for run in answers.runs:
            runs.write(run, folder)
    found = [*stored, *answers.runs]
    result = evaluation.evaluate(judged, found, relevant_from, groups, answers.ablation)
    if report:
        page.write(result, report, _made(queries, qrels), answers.titles)
    if record:
        settings = settings_of(ctx)
        alias = alias_of(settings, index, catalogue_file)
        _record(settings, result, alias, qrels.name, record == "texts")
    _print(result, as_json, report)
    if not_worse:
        _refuse_losses(result)


def _refuse_losses(result: "Evaluation") -> None:
    from connector.errors import RefusedError

    if losses := result.losses():
        worse = "; ".join(losses)
        raise RefusedError(f"worse than {result.baseline.run.name} beyond noise: {worse}")


def _slices(
    names: tuple[str, ...], judged: "Judgments", queries: Path, relevant_from: int
) -> "list[Slice]":
    from query.evaluate import slices

    found: list[Slice] = []
    for name in dict.fromkeys(names):
        if name == slices.BUILTIN:
            found += slices.builtin(judged, queries, relevant_from)
        else:
            found += slices.read(Path(name), judged)
    return found


def _record(
    settings: "Settings", result: "Evaluation", alias: str, judgments: str, texts: bool
) -> None:
    from contextlib import closing

    from connector.cluster import connect
    from mappings.history import fields, store
    from query.evaluate.record import About, documents

    about = About(store.stamp(), alias, judgments, texts)
    with closing(connect(settings.opensearch)) as client:
        kept = store.record(client, fields.RELEVANCE, documents(result, about))
    click.echo(f"recorded: {kept:,} documents in {fields.RELEVANCE}", err=True)


def _made(queries: Path, qrels: Path) -> str:
    from datetime import UTC, datetime

    return f"{queries} · {qrels} · {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def _print(result: "Evaluation", as_json: bool, report: Path | None) -> None:
    if as_json:
        from query.evaluate.document import as_json as plain

        print_json(plain(result))
        return
    from query.evaluate import table

    table.show(result)
    for note in result.notes():
        click.echo(f"note: {note}", err=True)
    if report:
        click.echo(f"report: {report}")
