"""Which executor carries a run's slices, and how fast."""

import math

from opensearchpy import OpenSearch

from connector.settings import Settings
from ingest.reindex.executor import Executor
from ingest.reindex.ledger import Ledger
from ingest.reindex.local import Local
from ingest.reindex.run import Run
from ingest.reindex.throttle.decide import Limits
from ingest.reindex.throttle.throttle import Throttle
from ingest.reindex.throttle.watch import Watch
from ingest.reindex.throttle.window import Window


def executor_of(settings: Settings, client: OpenSearch, ledger: Ledger, run: Run) -> Executor:
    """Return what carries a run's slices, watched and limited as the run asks.

    Raises:
        ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
    """
    throttle = Throttle(_watch(client, ledger, run).look, limits_of(run))
    if run.workers == "celery":
        from ingest.reindex.distributed.executor import Distributed

        return Distributed(settings, ledger, throttle)
    return Local(settings, ledger, throttle)


def limits_of(run: Run) -> Limits:
    """Return what the operator allows a run.

    Raises:
        UsageError: a window is of another form than `22:00-06:00`.
    """
    return Limits(run.rate or math.inf, tuple(map(Window.parse, run.windows)))


def _watch(client: OpenSearch, ledger: Ledger, run: Run) -> Watch:
    return Watch(client, run.catalogue, lambda: ledger.progress(run).counts["documents"])
