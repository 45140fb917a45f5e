"""`connector purge`."""

from pathlib import Path

import click

from connector.commands import json_option, print_json, settings_of
from mappings.commands import catalogue_option


@click.command()
@click.option(
    "--days",
    type=click.IntRange(1, 36_500),
    default=30,
    show_default=True,
    help="Age of the tombstones, at least: longer than any worker may be stopped, or any record "
    "may come late.",
)
@click.option(
    "--dry-run", is_flag=True, help="Count them and look whether they may go; change nothing."
)
@catalogue_option
@json_option
@click.pass_context
def purge(
    ctx: click.Context, days: int, dry_run: bool, catalogue_file: Path | None, as_json: bool
) -> None:
    """Remove what is left of products that were deleted long ago.

    A deleted product leaves a tombstone, which keeps older changes of it out. Tombstones of
    products that a dead letter waits for, or of which another stream knows something, stay. It
    refuses (exit code 3) while older records are unread or a reindex is under way.

    \b
    Example:
      connector purge --dry-run
      connector purge --days 90
    """
    from contextlib import closing

    from connector.cluster import connect
    from connector.telemetry import progress
    from ingest.doctor.case import Case
    from ingest.purge import tombstones
    from mappings.catalogue import read

    settings = settings_of(ctx)
    catalogue = read(catalogue_file or settings.catalogue)
    with (
        closing(connect(settings.opensearch)) as client,
        closing(Case(settings, catalogue, client)) as case,
        progress(f"purge {catalogue.name}") as bar,
    ):
        done = tombstones.purge(case, days, dry_run, bar.update)
    if as_json:
        print_json(done.as_json())
        return
    free = done.tombstones - done.kept
    said = f"{free:,} could go" if dry_run else f"{done.removed:,} removed"
    click.echo(
        f"{done.index}: {done.tombstones:,} tombstones older than {days} days, {said}, "
        f"{done.kept:,} needed by a dead letter or another stream"
    )
