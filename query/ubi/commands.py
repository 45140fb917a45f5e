"""`connector ubi`: the indices of behaviour, made, filled for a trial, and emptied of a person."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option
from query.options import alias_of, index_option
from query.request import SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.settings import Settings
    from query.experiments.experiment import Experiment

_file = click.Path(dir_okay=False, path_type=Path)
_some = click.IntRange(min=1)


@click.group()
def ubi() -> None:
    """Keep what shoppers were shown and what they did (User Behavior Insights 1.3).

    Nothing is recorded until the setting behaviour.key is a secret.

    \b
    Example:
      connector ubi apply
      connector ubi forget customer-4711
    """


@ubi.command()
@json_option
@click.pass_context
def apply(ctx: click.Context, as_json: bool) -> None:
    """Make the indices, roll them over when due, and remove what is beyond the retention.

    May be repeated; a timer calls it once a day.

    \b
    Example:
      connector ubi apply
      connector --set behaviour.retention_days=30 ubi apply
    """
    from dataclasses import asdict

    from connector.cluster import connect, faults
    from query.ubi import indices

    settings = settings_of(ctx)
    with faults("making the indices of behaviour", settings.opensearch.url):
        done = indices.apply(connect(settings.opensearch), settings.behaviour)
    if as_json:
        print_json(asdict(done))
        return
    click.echo(
        f"created: {_listed(done.created)}; rolled over: {_listed(done.rolled)}; "
        f"documents beyond {settings.behaviour.retention_days} days removed: {done.expired:,}; "
        f"empty indices dropped: {_listed(done.dropped)}"
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"


@ubi.command()
@click.argument("person", metavar="USER")
@json_option
@click.pass_context
def forget(ctx: click.Context, person: str, as_json: bool) -> None:
    """Remove every document of one user, and of the queries that are theirs.

    USER is the id that the shop gave: of a user, a client or a session.

    \b
    Example:
      connector ubi forget customer-4711
    """
    from connector.cluster import connect, faults
    from query.ubi.forget import forget as remove
    from query.ubi.indices import Names
    from query.ubi.privacy import Privacy

    settings = settings_of(ctx)
    pseudonym = Privacy(settings.behaviour).person(person)
    with faults("removing a person's behaviour", settings.opensearch.url):
        done = remove(connect(settings.opensearch), Names.of(settings.behaviour), pseudonym)
    if as_json:
        print_json({"queries": done.queries, "events": done.events})
        return
    click.echo(f"removed: queries {done.queries:,}, events {done.events:,}; none is left")


@ubi.command()
@click.option(
    "--queries", required=True, type=_file, help="TSV with the columns query_id and query."
)
@click.option(
    "--qrels", required=True, type=_file, help="TSV of judgments: what shoppers are after."
)
@click.option(
    "--system",
    "systems",
    multiple=True,
    type=click.Choice(SYSTEMS),
    help="A ranking to show; of several each session sees one.  [default: hybrid, bm25]",
)
@click.option("--sessions", type=_some, default=2000, show_default=True, help="Queries asked.")
@click.option("--clients", type=_some, default=300, show_default=True, help="Shoppers who ask.")
@click.option(
    "--days",
    type=click.FloatRange(0, 3650, min_open=True),
    default=14.0,
    show_default=True,
    help="Time they spread over, up to now.",
)
@click.option(
    "--experiment",
    metavar="NAME",
    help="Let them take part in an experiment of this name, which began with the first of them: the "
    "first --system is its control, the second its treatment.  [default: bm25, hybrid]",
)
@click.option("--seed", default=0, show_default=True, help="Of chance.")
@index_option
@catalogue_option
@json_option
@click.pass_context
def simulate(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    queries: Path,
    qrels: Path,
    systems: tuple[str, ...],
    sessions: int,
    clients: int,
    days: float,
    experiment: str | None,
    seed: int,
    index: str | None,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Write sessions of simulated shoppers, who look for what was judged relevant.

    They see the first page of each query, look less the lower it goes, click by mistake, leave
    early, and buy. The indices must exist (`connector ubi apply`).

    \b
    Example:
      connector ubi simulate --queries examples/shop/queries.tsv --qrels examples/shop/qrels.tsv
    """
    from datetime import UTC, datetime, timedelta

    from connector.cluster import connect
    from query.evaluate.judgments import read
    from query.ubi.indices import Names
    from query.ubi.pages import pages_of
    from query.ubi.privacy import Privacy
    from query.ubi.simulate import Crowd, write
    from query.ubi.simulate import simulate as sessions_of

    settings, judged = settings_of(ctx), read(queries, qrels)
    privacy, names = Privacy(settings.behaviour), Names.of(settings.behaviour)
    alias = alias_of(settings, index, catalogue_file)
    if experiment and systems and len(systems) != 2:  # noqa: PLR2004 - control and treatment
        raise click.UsageError("--experiment compares two --system, the control first")
    shown = systems or (("bm25", "hybrid") if experiment else ("hybrid", "bm25"))
    begin = datetime.now(UTC) - timedelta(days=days)
    trial = _begun(settings, experiment, alias, shown, begin) if experiment else None
    pages = pages_of(settings, alias, judged.queries, shown)
    crowd = Crowd(sessions, clients, begin, days, seed=seed, experiment=trial)
    documents = sessions_of(pages, judged.grades, crowd, privacy, names)
    written = write(connect(settings.opensearch), documents)
    if as_json:
        print_json(written)
        return
    click.echo("written: " + ", ".join(f"{count:,} in {name}" for name, count in written.items()))


def _begun(
    settings: "Settings", name: str, alias: str, systems: "Sequence[str]", at: "datetime"
) -> "Experiment":
    from typing import cast

    from connector.cluster import connect, faults
    from query.experiments import store
    from query.experiments.experiment import Variant, begun
    from query.request import System

    control, treatment = (Variant(system=cast("System", system)) for system in systems)
    made = begun(name, catalogue=alias, control=control, treatment=treatment, started=at)
    with faults("starting an experiment", settings.opensearch.url):
        store.start(connect(settings.opensearch), made)
    return made
