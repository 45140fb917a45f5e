"""Who carries a run's slices: threads of the command, or Celery workers on any machine."""

import threading
from collections.abc import Callable
from typing import Protocol

from ingest.reindex.ledger import Progress
from ingest.reindex.run import Run


class Executor(Protocol):
    """Has slices carried by `ingest.reindex.carry.run_slice`."""

    def carry(self, run: Run, stop: threading.Event, report: Callable[[Progress], None], /) -> None:
        """Return when every slice of a run is done, or soon after `stop` was set.

        Called by one command at a time. Slices that are done stay so; what a dead command or
        worker had claimed is taken up again. `report` is called about once a second.

        Raises:
            RetryLaterError: OpenSearch, or what carries the slices, stayed away.
            StopError, RefusedError, UsageError: somebody has to change something.
        """
