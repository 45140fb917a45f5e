"""`connector ingest --devices`: workers that share the topics' partitions, a device each."""

import time
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from typing import Any

from connector import cluster, telemetry
from connector.settings import Settings
from ingest import run as worker
from ingest.fleet.fleet import Fleet
from ingest.flow.tally import NAMES, Tally
from ingest.target import open_target
from mappings.catalogue import Catalogue


def run(  # noqa: PLR0913, PLR0917 - what a worker takes, and where
    devices: Sequence[str],
    settings: Settings,
    catalogue: Catalogue,
    until_caught_up: bool,
    verbose: bool,
    index: str | None = None,
) -> dict[str, Any]:
    """Run a worker on each device; return their summaries' sum and how many were restarted.

    `index` is the physical index that they feed, the alias's where left out. Counts of a worker that died are lost; what it did is not.

    Raises:
        ConnectorError: a worker's own, its device named; nothing is lost.
    """
    started = time.monotonic()
    work = partial(_work, catalogue, until_caught_up, verbose, index)
    fleet = Fleet(
        [(device, partial(work, _on(settings, device, at))) for at, device in enumerate(devices)]
    )
    tally = Tally()
    for summary in fleet.run():
        tally.update({name: summary[name] for name in NAMES})
    return {**tally.summary(time.monotonic() - started), "restarts": fleet.restarts}


def start_over(settings: Settings, catalogue: Catalogue, index: str | None = None) -> None:
    """Set the group back to the first records; no worker may be in it.

    Raises:
        ConnectorError: see `ingest.run.start_over`.
    """
    with closing(cluster.connect(settings.opensearch)) as client:
        worker.start_over(settings, open_target(client, catalogue, index))


def _work(
    catalogue: Catalogue,
    until_caught_up: bool,
    verbose: bool,
    index: str | None,
    settings: Settings,
) -> dict[str, Any]:
    """Be a worker, in a process of one's own."""
    telemetry.configure(verbose, settings.log.format)
    return worker.run(settings, catalogue, until_caught_up, from_beginning=False, index=index)


def _on(settings: Settings, device: str, place: int) -> Settings:
    """Return a worker's settings: its device, and a port of its own for metrics and probes."""
    encoder = settings.encoder.model_copy(update={"device": device})
    ingest = settings.ingest
    if ingest.http is not None:
        host, _, port = ingest.http.rpartition(":")
        ingest = ingest.model_copy(update={"http": f"{host}:{int(port) + place}"})
    return settings.model_copy(update={"encoder": encoder, "ingest": ingest})
