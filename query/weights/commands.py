"""`connector train`: what is learned from judgments; `connector train weights`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option
from query.options import alias_of, index_option

if TYPE_CHECKING:
    from connector.settings import Settings
    from query.weights.features import Features
    from query.weights.training import Trained

_file = click.Path(dir_okay=False, path_type=Path)


@click.group()
def train() -> None:
    """Learn from judgments.

    \b
    Example:
      connector train weights --queries queries.tsv --qrels qrels.tsv --out weights.json
    """


@train.command()
@click.option("--queries", type=_file, help="TSV with the columns query_id and query.")
@click.option("--qrels", type=_file, help="TSV of judgments: query_id, product_id, grade.")
@click.option(
    "--features",
    "stored",
    multiple=True,
    type=_file,
    help="Features kept by --keep to learn from, too; may be repeated, one per catalogue.",
)
@click.option("--keep", type=_file, help="File to keep the features of the asked queries in.")
@click.option(
    "--from",
    "start",
    type=_file,
    help="Weights to start from and be pulled towards.  [default: the shipped ones]",
)
@click.option("--out", type=_file, help="Weights file to write, whatever they are worth.")
@click.option(
    "--install",
    is_flag=True,
    help="Write them to the file that the setting search.weights names, unless the gate refuses.",
)
@index_option
@catalogue_option
@json_option
@click.pass_context
def weights(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    queries: Path | None,
    qrels: Path | None,
    stored: tuple[Path, ...],
    keep: Path | None,
    start: Path | None,
    out: Path | None,
    install: bool,
    index: str | None,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Learn how much each term of the score counts, and compare with the weights in force.

    With --queries and --qrels an index is asked; with --features alone no server is needed.
    With --install weights that are not clearly neutral or better are refused (exit code 3).

    \b
    Example:
      connector train weights --queries queries.tsv --qrels qrels.tsv --keep shop.npz
      connector --set search.weights=weights.json train weights --features shop.npz --install
    """
    if bool(queries) != bool(qrels):
        raise click.UsageError("--queries and --qrels go together")
    if not (queries or stored):
        raise click.UsageError("nothing to learn from: give --queries and --qrels, or --features")
    if keep and not queries:
        raise click.UsageError("--keep keeps what an index answers; give --queries and --qrels")
    settings = settings_of(ctx)
    if install and not settings.search.weights:
        raise click.UsageError(
            "--install writes the file that search.weights names, and it names none; "
            "set it, for example to weights.json"
        )
    from query.weights import stored as kept

    samples = [kept.read(file) for file in stored]
    if queries and qrels:
        from query.weights import live

        alias = alias_of(settings, index, catalogue_file)
        samples.append(live.ask(settings, alias, queries, qrels, start))
    if keep:
        kept.write(keep, samples[-1])
    _finish(_train(samples, settings, start, as_json), settings, out, install)


def _train(
    samples: "list[Features]", settings: "Settings", start: Path | None, as_json: bool
) -> "Trained":
    from datetime import UTC, datetime

    from query.weights import screen
    from query.weights.files import in_force as weights_in_force
    from query.weights.pool import Rivals
    from query.weights.training import train

    installed = settings.search.weights
    in_force = weights_in_force(installed if installed and installed.exists() else None)
    rivals = Rivals(start=weights_in_force(start), in_force=in_force)
    trained = train(samples, rivals, datetime.now(UTC).date())
    if as_json:
        reasons = list(trained.verdict.reasons)
        print_json({"model": trained.model.model_dump(mode="json"), "not_neutral": reasons})
    else:
        screen.show(trained, in_force)
    return trained


def _finish(trained: "Trained", settings: "Settings", out: Path | None, install: bool) -> None:
    from connector.errors import RefusedError
    from query.weights.files import write

    if out:
        write(out, trained.model)
        click.echo(f"written: {out}", err=True)
    if install and settings.search.weights:
        if trained.verdict.reasons:
            raise RefusedError(
                f"not installed: {trained.verdict.reasons[0]}; "
                f"{settings.search.weights} stays as it is; bring more judgments"
            )
        write(settings.search.weights, trained.model)
        click.echo(f"installed: {settings.search.weights}", err=True)
