"""`connector experiment`: two rankings meet shoppers."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option
from query.options import alias_of, index_option
from query.request import SYSTEMS

if TYPE_CHECKING:
    from query.experiments.decide import Verdict
    from query.experiments.experiment import Experiment

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def experiment() -> None:
    """Show shoppers two rankings, and say which they prefer as soon as that is sure.

    \b
    Example:
      connector experiment start newer --weights weights.json
      connector experiment status newer
      connector experiment stop newer --if-decided
    """


@experiment.command()
@click.argument("name")
@click.option("--weights", type=_file, help="Weights of the treatment.  [default: those in force]")
@click.option(
    "--system",
    type=click.Choice(SYSTEMS),
    default="hybrid",
    show_default=True,
    help="The treatment's ranking; the control is what is in force.",
)
@click.option("--interleaved", is_flag=True, help="Both in one list, clicks are votes; else A/B.")
@click.option(
    "--traffic",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help="Share of the shoppers who take part.",
)
@click.option(
    "--days",
    type=click.IntRange(min=1),
    default=28,
    show_default=True,
    help="Ends undecided after so many.",
)
@index_option
@catalogue_option
@json_option
@click.pass_context
def start(  # noqa: PLR0913, PLR0917 - one argument per option
    ctx: click.Context,
    name: str,
    weights: Path | None,
    system: Any,
    interleaved: bool,
    traffic: float,
    days: int,
    index: str | None,
    catalogue_file: Path | None,
    as_json: bool,
) -> None:
    """Begin: from now on shoppers who are named by `asker` meet it.

    \b
    Example:
      connector experiment start newer --weights weights.json --traffic 0.2
      connector experiment start words --system bm25 --interleaved
    """
    from datetime import UTC, datetime

    from connector.cluster import connect, faults
    from connector.errors import UsageError
    from query.experiments import store
    from query.experiments.experiment import Variant, begun
    from query.weights.files import read

    settings = settings_of(ctx)
    if settings.behaviour.key is None:
        raise UsageError("nothing is recorded, so nothing can be compared; set behaviour.key")
    made = begun(
        name,
        catalogue=alias_of(settings, index, catalogue_file),
        kind="interleaved" if interleaved else "ab",
        treatment=Variant(system=system, weights=read(weights) if weights else None),
        traffic=traffic,
        days=days,
        started=datetime.now(UTC),
    )
    with faults("starting an experiment", settings.opensearch.url):
        store.start(connect(settings.opensearch), made)
    if as_json:
        print_json(made.model_dump(mode="json"))
        return
    click.echo(f"{made.name} runs on {made.catalogue}; `connector experiment status {made.name}`")


@experiment.command()
@click.argument("name", required=False)
@click.option(
    "--record",
    is_flag=True,
    help="Also keep the difference and its interval in the index connector-relevance, for "
    "dashboards; needs NAME.",
)
@json_option
@click.pass_context
def status(ctx: click.Context, name: str | None, record: bool, as_json: bool) -> None:
    """Say what is known by now; without NAME list all experiments. Looking changes nothing.

    \b
    Example:
      connector experiment status
      connector experiment status newer --json
    """
    from connector.cluster import connect, faults
    from query.experiments import store
    from query.experiments.report import show

    settings = settings_of(ctx)
    if name is None:
        with faults("reading experiments", settings.opensearch.url):
            found = store.every(connect(settings.opensearch))
        _list(found, as_json)
        return
    one, verdict = _judged(ctx, name)
    if record:
        from mappings.history import fields
        from mappings.history import store as history
        from query.experiments.record import document

        client = connect(settings.opensearch)
        history.record(client, fields.RELEVANCE, [document(one, verdict, history.stamp())])
    if as_json:
        print_json({"experiment": one.model_dump(mode="json"), "verdict": verdict.as_json()})
    else:
        show(one, verdict)


def _list(found: "list[Experiment]", as_json: bool) -> None:
    if as_json:
        print_json([one.model_dump(mode="json", exclude={"report"}) for one in found])
        return
    for one in found:
        click.echo(f"{one.name}\t{one.catalogue}\t{one.kind}\t{one.decision or 'runs'}")


@experiment.command()
@click.argument("name")
@click.option("--if-decided", is_flag=True, help="Only when the stop rule says so; for a timer.")
@json_option
@click.pass_context
def stop(ctx: click.Context, name: str, if_decided: bool, as_json: bool) -> None:
    """End an experiment: everybody sees what is in force. The figures are kept.

    \b
    Example:
      connector experiment stop newer
      connector experiment stop newer --if-decided
    """
    from datetime import UTC, datetime

    from connector.cluster import connect, faults
    from query.experiments import store

    settings = settings_of(ctx)
    one, verdict = _judged(ctx, name)
    if verdict.decision or not if_decided:
        with faults("stopping an experiment", settings.opensearch.url):
            one = store.stop(
                connect(settings.opensearch),
                one,
                verdict.decision or "stopped",
                verdict,
                datetime.now(UTC),
            )
    if as_json:
        print_json({"experiment": one.model_dump(mode="json"), "verdict": verdict.as_json()})
        return
    click.echo(f"{one.name}: {one.decision or 'runs on'} ({verdict.reason})")


def _judged(ctx: click.Context, name: str) -> "tuple[Experiment, Verdict]":
    from datetime import UTC, datetime

    from connector.cluster import connect, faults
    from query.experiments.stored import judged
    from query.ubi.indices import Names

    settings = settings_of(ctx)
    with faults("reading an experiment", settings.opensearch.url):
        client, names = connect(settings.opensearch), Names.of(settings.behaviour)
        return judged(client, names, name, datetime.now(UTC))
