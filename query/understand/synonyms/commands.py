"""`connector synonyms suggest|review|apply|test`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option
from query.options import alias_of, index_option

if TYPE_CHECKING:
    from query.understand.interpretation import Finding
    from query.understand.synonyms.candidates import Candidate
    from query.understand.synonyms.sources.neighbours import Encode
    from query.understand.synonyms.sources.vocabulary import Vocabulary

_file = click.Path(dir_okay=False, path_type=Path)
_dir = click.Path(file_okay=False, path_type=Path)
folder_option = click.option(
    "--folder", "chosen", type=_dir, help="Synonyms folder.  [default: the setting search.synonyms]"
)


@click.group()
def synonyms() -> None:
    """Find words that mean the same, judge them, and put them in force.

    \b
    Example:
      connector --set search.synonyms=synonyms synonyms suggest --neighbours
      connector --set search.synonyms=synonyms synonyms review
      connector --set search.synonyms=synonyms synonyms apply
    """


@synonyms.command()
@click.option("--wordnet", type=_dir, help="Folder of a WordNet database in WNDB form.")
@click.option("--neighbours", is_flag=True, help="Terms whose vectors are each other's nearest.")
@click.option("--clicks", type=_file, help="TSV with the columns query, product_id and clicks.")
@folder_option
@index_option
@catalogue_option
@json_option
@click.pass_context
def suggest(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    wordnet: Path | None,
    neighbours: bool,
    clicks: Path | None,
    chosen: Path | None,
    index: str | None,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Add candidates for the words of an index; none changes a search before it is accepted.

    \b
    Example:
      connector synonyms suggest --neighbours --wordnet /usr/share/wordnet
      connector synonyms suggest --clicks clicks.tsv
    """
    if not (wordnet or neighbours or clicks):
        raise click.UsageError("name a source: --wordnet DIR, --neighbours or --clicks FILE")
    from query.understand.synonyms import candidates, suggest
    from query.understand.synonyms.sources.wordnet import read

    folder = _folder(ctx, chosen, new=True)
    with _catalogue_words(ctx, index, catalogue_file) as (words, encode):
        net = read(wordnet) if wordnet else None
        found: list[Candidate] = []
        # What people did speaks before what a dictionary says, and that before what is alike.
        found += suggest.from_clicks(words, clicks) if clicks else []
        found += suggest.from_wordnet(words, net) if net else []
        found += suggest.from_neighbours(words, encode, net) if neighbours else []
    known = candidates.read(folder)
    merged = candidates.merge(known, found)
    file = candidates.write(folder, merged)
    if as_json:
        print_json({"file": str(file), "found": len(found), "new": len(merged) - len(known)})
        return
    click.echo(f"{len(found)} found, {len(merged) - len(known)} of them new: {file}")


@synonyms.command()
@click.option("--accept", "accepted", multiple=True, metavar="ID", help="May be repeated.")
@click.option("--reject", "rejected", multiple=True, metavar="ID", help="May be repeated.")
@folder_option
@json_option
@click.pass_context
def review(
    ctx: click.Context,
    accepted: tuple[str, ...],
    rejected: tuple[str, ...],
    chosen: Path | None,
    as_json: bool,
) -> None:
    """Judge the proposed candidates, one by one or by their ids; apply puts them in force.

    With --json and no id the proposed candidates are printed and nothing is asked.

    \b
    Example:
      connector synonyms review
      connector synonyms review --accept 1f3a5c7e --reject 0b2d4f6a
      connector synonyms review --json
    """
    from query.understand.synonyms import candidates, terminal
    from query.understand.synonyms.review import decided

    folder = _folder(ctx, chosen)
    known = candidates.read(folder)
    if accepted or rejected:
        known = decided(known, accepted, rejected)
        candidates.write(folder, known)
    elif not as_json:
        for decision in terminal.ask(known):
            # While a person thinks, `test` or `suggest` may have written what they found.
            known = decided(candidates.read(folder), *decision)
            candidates.write(folder, known)
    terminal.show_review(known, as_json)


@synonyms.command()
@folder_option
@json_option
@click.pass_context
def apply(ctx: click.Context, chosen: Path | None, as_json: bool) -> None:
    """Write the accepted candidates to accepted.txt; a running search has them a second later.

    Nothing is written, and the exit code is 3, when a rule contradicts a curated one, closes a
    circle, or makes a term stand for too many others.

    \b
    Example:
      connector synonyms apply
    """
    from query.understand.synonyms import accepted

    file, count = accepted.apply(_folder(ctx, chosen))
    if as_json:
        print_json({"file": str(file), "rules": count})
        return
    click.echo(f"{count} rules: {file}")


@synonyms.command()
@click.argument("query", required=False)
@click.option("--queries", type=_file, help="TSV of judged queries, to measure candidates on.")
@click.option("--qrels", type=_file, help="TSV of judgments.")
@click.option(
    "--accept-lift", is_flag=True, help="Accept the candidates whose interval lies above zero."
)
@folder_option
@index_option
@catalogue_option
@json_option
@click.pass_context
def test(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    query: str | None,
    queries: Path | None,
    qrels: Path | None,
    accept_lift: bool,
    chosen: Path | None,
    index: str | None,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Show what fires on a query, or measure on judged queries what each candidate would do.

    Measured is the difference of nDCG@10 on the queries that a candidate fires on, with a 95 %
    interval.

    \b
    Example:
      connector synonyms test "sofa for two"
      connector synonyms test --queries queries.tsv --qrels qrels.tsv --accept-lift
    """
    if bool(query) == bool(queries) or bool(queries) != bool(qrels):
        raise click.UsageError("give either a query, or both --queries and --qrels")
    if accept_lift and not queries:
        raise click.UsageError("--accept-lift needs --queries and --qrels to measure on")
    folder = _folder(ctx, chosen)
    if query:
        from query.understand.synonyms import terminal

        terminal.show_fired(_fired(query, folder), as_json)
    elif queries and qrels:
        alias = alias_of(settings_of(ctx), index, catalogue_file)
        _measure(ctx, folder, alias, (queries, qrels), accept_lift, as_json)


def _folder(ctx: click.Context, chosen: Path | None, *, new: bool = False) -> Path:
    """Return the synonyms folder; unless it may be new, it has to be there."""
    folder = chosen or settings_of(ctx).search.synonyms
    if folder is None:
        raise click.UsageError(
            "no synonyms folder: give --folder DIR, or set search.synonyms so that searches use it"
        )
    if not new and not folder.is_dir():
        raise click.UsageError(
            f"{folder}: no such folder; make it, or let `connector synonyms suggest` make it"
        )
    return folder


@contextmanager
def _catalogue_words(
    ctx: click.Context, index: str | None, catalogue_file: Path | None
) -> Iterator["tuple[Vocabulary, Encode]"]:
    """Read the words of the index; the model is loaded when the first text is encoded."""
    from connector.cluster import connect
    from mappings.live import open_index
    from query.encode import QueryEncoder
    from query.engine import Engine
    from query.understand.synonyms.suggest import vocabulary_of

    settings = settings_of(ctx)
    alias = alias_of(settings, index, catalogue_file)
    client = connect(settings.opensearch)
    live = open_index(client, alias)
    encoder = QueryEncoder(live, settings.encoder)
    engine = Engine(client, alias, settings.opensearch.url)
    try:
        words = vocabulary_of(engine, live, settings.search)
        yield words, lambda texts: encoder.load().encode_documents(texts)
    finally:
        engine.close()


def _fired(query: str, folder: Path) -> "tuple[Finding, ...]":
    """Return what a folder's rules do to a query.

    Raises:
        SynonymsError: a file is wrong, of which a search would keep what it said before.
    """
    from query.understand.interpretation import Interpretation
    from query.understand.synonyms.folder import SynonymsFolder, files, read
    from query.understand.synonyms.step import Synonyms

    for file in files(folder):
        read(file)
    return Synonyms(*SynonymsFolder(folder).current())(Interpretation.of(query)).findings


def _measure(  # noqa: PLR0913, PLR0917 - what the command was given
    ctx: click.Context,
    folder: Path,
    alias: str,
    files: tuple[Path, Path],
    accept_lift: bool,
    as_json: bool,
) -> None:
    from connector.telemetry import progress
    from query.understand.synonyms import candidates, live, terminal
    from query.understand.synonyms.review import by_lift, proposed

    waiting = proposed(candidates.read(folder))
    with (
        live.opened(settings_of(ctx), alias, folder, *files) as bench,
        progress("measuring", len(waiting), "candidates") as bar,
    ):
        measured = []
        for one in bench.measured(waiting):
            measured.append(one)
            bar.update(len(measured))
        together = bench.together(waiting)
    # Minutes have passed: what was decided or suggested meanwhile stays.
    fresh = by_lift(candidates.read(folder), measured, accept=accept_lift)
    candidates.write(folder, fresh)
    touching = {one.id for one in measured if one.lift}
    touched = [one for one in fresh if one.id in touching]
    terminal.show_lifts(touched, together, len(waiting), as_json)
