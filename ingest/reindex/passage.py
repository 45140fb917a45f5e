"""What carrying the slices of one run takes, opened once a process: two indices, model, writer."""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from opensearchpy import OpenSearch

from connector import cluster
from connector.encoder import Encoder
from connector.settings import Settings
from ingest.embedder import Embedder
from ingest.metrics import Metrics
from ingest.plan import Planner, Stored
from ingest.reindex.delta import delta
from ingest.reindex.documents import Reader
from ingest.reindex.ledger import Ledger
from ingest.reindex.run import ENDED, Run
from ingest.run import now
from ingest.state import StateReader
from ingest.target import Target, open_target
from ingest.vector_cache import VectorCache
from ingest.write.patience import Patience
from ingest.write.writer import Writer
from mappings.live import open_physical

# A slice has a minute: what still fails after these tries is for whoever takes it up next.
_TRIES = 6

_opening = threading.Lock()
# What this process has open: a Celery worker may carry slices of two runs in turns.
_open: "list[tuple[Settings, Passage]]" = []
_MOST = 2


@dataclass(frozen=True)
class Passage:
    """From an old index to a new one. Threads may share it; the model takes turns.

    Attributes:
        client: OpenSearch.
        ledger: where the run stands.
        run: as it was when this was opened: which indices, no more.
        reader: takes the old one's documents apart.
        target: the new one.
        embedder: with the new one's model, loaded when it is first needed.
        model: one embeds at a time.
        writer: to the new one.
        patience: with a cluster that is busy.
        page: documents read at once.
    """

    client: OpenSearch
    ledger: Ledger
    run: Run
    reader: Reader
    target: Target
    embedder: Embedder
    model: threading.Lock
    writer: Writer
    patience: Patience
    page: int

    @property
    def planner(self) -> Planner:
        """Knows whether the new index has a product already."""
        return Planner(self.target.contract.templates, self.target.model)

    @property
    def over(self) -> bool:
        """Whether the run has ended since: its index may be gone, or will be."""
        return self.ledger.run(self.run.id).state in ENDED

    def stored(self, ids: Sequence[str]) -> dict[str, Stored]:
        """Return what the new index knows of products."""
        return StateReader(self.target, self.patience)(ids)


def open_passage(settings: Settings, run_id: str) -> Passage:
    """Open the way of a run's slices, or return the one that this process has open.

    Raises:
        UsageError: there is no such run.
        IndexMissingError: one of the two indices is gone.
        ModelMismatchError, EncoderError: the model here is not the new index's.
    """
    with _opening:
        for those, passage in _open:
            if (those, passage.run.id) == (settings, run_id):
                return passage
        made = _opened(settings, run_id)
        _open.append((settings, made))
        del _open[:-_MOST]
        return made


def _opened(settings: Settings, run_id: str) -> Passage:
    client = cluster.connect(settings.opensearch, pool=32)
    ledger = Ledger(client)
    run = ledger.run(run_id)
    old = open_physical(client, run.old)
    new = open_physical(client, run.id)
    target = open_target(client, new.catalogue, run.id)
    sizes = settings.ingest.model_copy(update={"retries": min(settings.ingest.retries, _TRIES)})
    patience = Patience.of(sizes, time.sleep, random.random)
    return Passage(
        client,
        ledger,
        run,
        Reader(old, new.catalogue, delta(old, new.catalogue, target.contract)),
        target,
        Embedder(
            lambda: Encoder.load(target.contract.identity, settings.encoder),
            VectorCache(settings.encoder.cache_bytes),
        ),
        threading.Lock(),
        Writer(target, sizes.bulk_bytes, patience, now, Metrics()),
        patience,
        sizes.batch_records,
    )
