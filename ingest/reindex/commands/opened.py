"""What every command on a run begins with: settings, catalogue, cluster, ledger, and which run."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from connector.commands import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from connector.settings import Settings
    from ingest.reindex.ledger import Ledger
    from ingest.reindex.run import Run
    from mappings.catalogue import Catalogue

run_argument = click.argument("run_id", metavar="[RUN]", required=False)
from_option = click.option(
    "--from",
    "source",
    type=click.Choice(["index", "log"]),
    default="index",
    show_default=True,
    help="Fill the new index from the old one, or from the topics' first records.",
)


@dataclass(frozen=True)
class Here:
    """What is open while a command runs."""

    settings: "Settings"
    catalogue: "Catalogue"
    client: "OpenSearch"
    ledger: "Ledger"

    def named(self, run_id: str | None) -> "Run":
        """Return the run that is meant: the catalogue's last where none is named.

        Raises:
            UsageError: there is none.
        """
        from connector.errors import UsageError

        if run_id:
            return self.ledger.run(run_id)
        runs = self.ledger.runs(self.catalogue.name)
        if not runs:
            raise UsageError(
                f"there is no reindex run of {self.catalogue.name!r}; begin one with "
                "`connector reindex start`"
            )
        return runs[0]


@contextmanager
def opened(ctx: click.Context, file: Path | None) -> "Iterator[Here]":
    """Open; `file` is the catalogue's, that of the settings where left out."""
    from contextlib import closing

    from connector.cluster import connect
    from ingest.reindex.ledger import Ledger
    from mappings.catalogue import read

    settings = settings_of(ctx)
    with closing(connect(settings.opensearch)) as client:
        yield Here(settings, read(file or settings.catalogue), client, Ledger(client))


def say(run: "Run", as_json: bool, out: "TextIO | None" = None) -> None:
    """Print where a run stands, as JSON with the commands that end its waiting."""
    import json

    from ingest.reindex.waiting import decisions

    share = "" if run.canary is None else f", canary {run.canary:.0%}"
    told = {"run": run.id, "old": run.old, "state": run.state, "next": decisions(run)}
    line = f"{run.id}: {run.state}{share}"
    click.echo(json.dumps(told, indent=2) if as_json else line, file=out)
