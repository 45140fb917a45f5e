"""`connector report`."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from connector.commands import json_option, print_json, settings_of

if TYPE_CHECKING:
    from mappings.dashboards.panel import Language


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--language",
    type=click.Choice(("en", "zh")),
    default="en",
    show_default=True,
    help="That the page opens in; it holds both.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=30,
    show_default=True,
    help="How far back the figures go.",
)
@json_option
@click.pass_context
def report(ctx: click.Context, file: Path, language: str, days: int, as_json: bool) -> None:
    """Write the dashboards' figures to FILE: one HTML page that needs nothing else.

    \b
    Example:
      connector report out/report.html
      connector report --language zh --days 7 out/weekly.html
    """
    from contextlib import closing
    from datetime import UTC, datetime

    from connector.cluster import connect
    from query.report.page import write
    from query.report.rows import fill

    settings = settings_of(ctx)
    with closing(connect(settings.opensearch)) as client:
        boards = fill(client, days, settings.behaviour.prefix)
    write(boards, file, cast("Language", language), days, datetime.now(UTC))
    every = [filled for _, panels in boards for filled in panels]
    empty = [filled.panel.id for filled in every if not filled.rows]
    if as_json:
        print_json({"file": str(file), "panels": len(every), "empty": empty})
        return
    click.echo(f"{file}: {len(every) - len(empty)} of {len(every)} panels have figures")
    for id_ in empty:
        click.echo(f"  nothing recorded for {id_}")
