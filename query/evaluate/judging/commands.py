"""`connector judgments`: pool, import and merge what people say about answers."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option
from query.clicks.commands import from_clicks
from query.evaluate.commands import USUAL
from query.options import alias_of, index_option
from query.request import SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from query.evaluate.judging.merge import Conflict, Prefer

_SHOWN = 10
_file = click.Path(dir_okay=False, path_type=Path)


@click.group()
def judgments() -> None:
    """Gather human judgments: pool what systems find, import and merge what people said.

    \b
    Example:
      connector judgments pool --queries queries.tsv --qrels qrels.tsv --to pool.tsv
    """


judgments.add_command(from_clicks)


@judgments.command()
@click.option(
    "--queries", required=True, type=_file, help="TSV with the columns query_id and query."
)
@click.option("--qrels", type=_file, help="Judgments that exist already; such pairs are marked.")
@click.option(
    "--system",
    "systems",
    multiple=True,
    type=click.Choice(SYSTEMS),
    help="A system to ask; may be repeated.  "
    f"[default: {', '.join(USUAL)}, unless --stored is given]",
)
@click.option(
    "--stored", multiple=True, type=_file, help="A stored TREC run to pool; may be repeated."
)
@click.option(
    "--depth",
    type=click.IntRange(1, 100),
    default=10,
    show_default=True,
    help="Products of each system and query.",
)
@click.option("--to", "file", required=True, type=_file, help="TSV to write; it must not exist.")
@index_option
@catalogue_option
@json_option
@click.pass_context
def pool(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    queries: Path,
    qrels: Path | None,
    systems: tuple[str, ...],
    stored: tuple[Path, ...],
    depth: int,
    file: Path,
    index: str | None,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Write a table of what several systems find, for people to fill in the grades.

    Each pair of query and product stands in it once, in an order that tells nothing of systems and
    ranks. Titles come from the index; a pool of stored runs alone has them with --index.
    `connector judgments import` reads the table when it is filled in.

    \b
    Example:
      connector judgments pool --queries queries.tsv --qrels qrels.tsv \\
        --system bm25 --system hybrid --depth 20 --to pool.tsv
    """
    from query.evaluate import runs
    from query.evaluate.asking import Answers, Questions, ask
    from query.evaluate.judging import pool as pools
    from query.evaluate.judging.sheet import require_absent
    from query.evaluate.judgments import Judgments, read_grades, read_queries

    require_absent(file)
    asked = tuple(dict.fromkeys(systems)) or (() if stored else USUAL)
    texts, grades = read_queries(queries), read_grades(qrels) if qrels else {}
    kept, answers = runs.read_all(stored, taken=asked), Answers()
    if asked or index:
        settings = settings_of(ctx)
        alias = alias_of(settings, index, catalogue_file)
        questions = Questions(asked, titles=depth, stored=tuple(kept))
        answers = ask(settings, alias, questions, Judgments(texts, {}))
    pairs = pools.pool(texts, [*kept, *answers.runs], grades, depth)
    pools.write(pairs, answers.titles, file)
    told = {
        "file": str(file),
        "queries": len(texts),
        "pairs": len(pairs),
        "to_judge": sum(pair.grade is None for pair in pairs),
    }
    _print(told, "{file}: {pairs:,} pairs of {queries:,} queries, {to_judge:,} to judge", as_json)


@judgments.command("import")
@click.argument("file", type=_file)
@click.option(
    "--queries",
    type=_file,
    help="TSV with query_id and query: queries with these texts keep their ids.",
)
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for qrels.tsv and, where the texts are known, queries.tsv.",
)
@json_option
def import_(file: Path, queries: Path | None, folder: Path, as_json: bool) -> None:
    """Read judgments of other tools, or a pool that was filled in.

    FILE is TREC qrels (four columns, no header), or a table with a header, separated by commas or
    tabs: query_id or query, product_id (or docid) and grade (or rating). That is what Quepid
    exports, too. Lines without a grade are left out.

    \b
    Example:
      connector judgments import case_12_basic.csv --to judged
      connector judgments import pool.tsv --queries queries.tsv --to judged
      connector judgments import qrels.trec.txt --to judged
    """
    from query.evaluate.judging import foreign, sheet
    from query.evaluate.judgments import read_queries

    qrels, texts = folder / "qrels.tsv", folder / "queries.tsv"
    found = foreign.read(file, read_queries(queries) if queries else {})
    for target in (qrels, texts):
        sheet.require_absent(target)
    sheet.write_grades(qrels, found.grades)
    if found.queries:
        sheet.write_queries(texts, found.queries)
    told = {
        "qrels": str(qrels),
        "queries": str(texts) if found.queries else None,
        "pairs": sum(map(len, found.grades.values())),
        "queries_judged": len(found.grades),
        "without_grade": found.unjudged,
        "below_zero": found.below_zero,
    }
    form = (
        "{qrels}: {pairs:,} judged pairs of {queries_judged:,} queries; left out, without a grade: "
        "{without_grade:,}; taken for 0, below it: {below_zero:,}"
    )
    _print(told, form, as_json)


@judgments.command()
@click.argument("files", nargs=-1, required=True, type=_file)
@click.option("--to", "target", required=True, type=_file, help="TSV to write; must not exist.")
@click.option(
    "--prefer",
    type=click.Choice(["first", "last"]),
    help="Which file is right where they disagree.  [default: none; then nothing is written]",
)
@json_option
def merge(files: tuple[Path, ...], target: Path, prefer: "Prefer | None", as_json: bool) -> None:
    """Put the judgments of several files into one, and tell where they disagree.

    Where two files grade a pair differently, somebody has to say who is right: without --prefer
    the pairs are listed, nothing is written, and the exit code is 3.

    \b
    Example:
      connector judgments merge anna.tsv ben.tsv --to qrels.tsv
      connector judgments merge qrels.tsv corrected.tsv --prefer last --to newer.tsv
    """
    from connector.errors import RefusedError
    from query.evaluate.judging import merge as merging
    from query.evaluate.judging import sheet
    from query.evaluate.judgments import read_grades

    sheet.require_absent(target)
    merged = merging.merge({str(file): read_grades(file) for file in files}, prefer or "last")
    refused = bool(merged.conflicts) and not prefer
    told = {
        "file": None if refused else str(target),
        "pairs": merged.pairs,
        "queries": len(merged.grades),
        "agreed": merged.agreed,
        "conflicts": [asdict(conflict) for conflict in merged.conflicts],
    }
    if refused:
        _print(told, "{pairs:,} pairs, {agreed:,} judged alike by several files", as_json)
        raise RefusedError(
            f"pairs judged differently: {len(merged.conflicts)}: {_some(merged.conflicts)}; "
            "make the files agree, or say --prefer first or --prefer last"
        )
    sheet.write_grades(target, merged.grades)
    form = (
        "{file}: {pairs:,} pairs of {queries:,} queries, {agreed:,} judged alike by several files"
    )
    _print(told, form, as_json)
    if merged.conflicts:
        note = f"pairs judged differently, the {prefer} grade kept: {len(merged.conflicts)}"
        click.echo(f"note: {note}: {_some(merged.conflicts)}", err=True)


def _some(conflicts: "Sequence[Conflict]") -> str:
    more = f" and {len(conflicts) - _SHOWN} more (--json lists all)"
    return "; ".join(map(str, conflicts[:_SHOWN])) + (more if len(conflicts) > _SHOWN else "")


def _print(told: dict[str, Any], form: str, as_json: bool) -> None:
    if as_json:
        print_json(told)
    else:
        click.echo(form.format(**told))
