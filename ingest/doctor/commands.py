"""`connector doctor`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option

if TYPE_CHECKING:
    from ingest.doctor.case import Case
    from ingest.doctor.finding import Finding


@click.command()
@catalogue_option
@click.option(
    "--record",
    is_flag=True,
    help="Also keep lag, freshness, coverage, models and dead letters in the index "
    "connector-metrics, for dashboards; run it every few minutes.",
)
@json_option
@click.pass_context
def doctor(ctx: click.Context, catalogue_file: Path | None, record: bool, as_json: bool) -> None:
    """Check everything that can be wrong between the topics and the index; change nothing there.

    The exit code is 1 when something is wrong: data is lost, stale or not found, or will be. Risks
    and notes alone leave it at 0.

    \b
    Example:
      connector doctor -c examples/shop/catalogue.toml
    """
    from contextlib import closing
    from dataclasses import asdict

    from connector.cluster import connect
    from ingest.doctor.case import Case
    from ingest.doctor.checks import CHECKS
    from ingest.doctor.examine import examine
    from mappings.catalogue import read

    settings = settings_of(ctx)
    catalogue = read(catalogue_file or settings.catalogue)
    with (
        closing(connect(settings.opensearch)) as client,
        closing(Case(settings, catalogue, client)) as case,
    ):
        found = examine(case)
        if record:
            _keep(case)
    if as_json:
        print_json({"checks": list(CHECKS), "findings": [asdict(each) for each in found]})
    else:
        click.echo(_report(found, len(CHECKS)))
    if any(each.severity in ("wrong", "unknown") for each in found):
        ctx.exit(1)


def _keep(case: "Case") -> None:
    from ingest.doctor.record import documents
    from mappings.history import fields, store

    kept = store.record(case.client, fields.METRICS, documents(case, store.stamp()))
    click.echo(f"recorded: {kept:,} documents in {fields.METRICS}", err=True)


def _report(found: "list[Finding]", checks: int) -> str:
    lines = [
        f"{each.severity:<8}{', '.join((each.check, *each.also))}: {each.finding}\n        {each.remedy}"
        for each in found
    ]
    failed = len({check for each in found for check in (each.check, *each.also)})
    return "\n".join([*lines, f"{checks - failed} of {checks} checks found nothing"])
