"""`connector learn`: the ranking learns from shoppers."""

from pathlib import Path

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option
from query.options import alias_of, days_option, index_option

_file = click.Path(exists=True, dir_okay=False, path_type=Path)
_folder = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("learning"),
    show_default=True,
    help="Where rounds are kept, a folder each.",
)


@click.group()
def learn() -> None:
    """Learn from shoppers: clicks, training, gate, experiment, and only then a release.

    \b
    Example:
      connector learn run --golden-queries queries.tsv --golden-qrels qrels.tsv --queries head.tsv
      connector learn history
    """


@learn.command()
@click.option("--golden-queries", required=True, type=_file, help="TSV of queries people judged.")
@click.option("--golden-qrels", required=True, type=_file, help="TSV of their judgments.")
@click.option("--queries", type=_file, help="Queries whose clicks count; needed where hashed.")
@days_option
@click.option("--interleaved", is_flag=True, help="Show both rankings in one list, not A/B.")
@click.option(
    "--release",
    is_flag=True,
    help="Put weights that shoppers prefer in force, in the file that search.weights names.",
)
@_folder
@index_option
@catalogue_option
@json_option
@click.pass_context
def run(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    golden_queries: Path,
    golden_qrels: Path,
    queries: Path | None,
    days: int,
    interleaved: bool,
    release: bool,
    folder: Path,
    index: str | None,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Take the round that is open as far as it goes; a timer calls it again.

    A step that is done is not done again, also after a crash. While an experiment runs there is
    nothing to do but wait. Without --release weights that shoppers prefer are proposed.

    \b
    Example:
      connector --set search.weights=weights.json learn run --release --queries head.tsv \\
        --golden-queries queries.tsv --golden-qrels qrels.tsv
    """
    from datetime import UTC, datetime

    from query.clicks.judgments import Wanted
    from query.learn.history import history as lines_of
    from query.learn.journal import LAST, Journal
    from query.learn.live import Live
    from query.learn.rounds import advance

    settings = settings_of(ctx)
    if release and not settings.search.weights:
        raise click.UsageError("--release writes the file that search.weights names; set it")
    alias, journal = alias_of(settings, index, catalogue_file), Journal(folder)
    work = Live(
        settings=settings,
        alias=alias,
        wanted=Wanted(queries, days),
        golden_queries=golden_queries,
        golden_qrels=golden_qrels,
        may_release=release,
        interleaved=interleaved,
    )
    current, step = advance(journal, work, f"learn-{alias}", datetime.now(UTC))
    line = lines_of(journal)[current.number - 1]
    if as_json:
        print_json({**line, "step": step})
    elif step == LAST:
        click.echo(f"round {current.number}: {line['outcome']} ({line['why']})")
    else:
        click.echo(f"round {current.number}: the {step} goes on; call again later")


@learn.command()
@_folder
@json_option
def history(folder: Path, as_json: bool) -> None:
    """Show what every round came to, and why.

    \b
    Example:
      connector learn history
    """
    from query.learn import history as told
    from query.learn.journal import Journal

    lines = told.history(Journal(folder))
    if as_json:
        print_json(lines)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*told.COLUMNS)
    for line in lines:
        table.add_row(*("" if line[name] is None else str(line[name]) for name in told.COLUMNS))
    Console().print(table)
