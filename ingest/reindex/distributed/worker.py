"""The process that carries slices on a machine: a Celery worker with the settings of the place."""

import logging
from collections.abc import Sequence

from connector.errors import WorkerDiedError
from connector.settings import Settings
from ingest.reindex.carry import run_slice
from ingest.reindex.distributed.app import make_app
from ingest.reindex.distributed.task import Carry, register

log = logging.getLogger(__name__)


def work(
    settings: Settings, queues: Sequence[str], processes: int, carry: Carry = run_slice
) -> None:
    """Carry slices until SIGTERM; the one in hand is finished first.

    Args:
        settings: of this place.
        queues: to take from.
        processes: one stays in this process, as a model on an accelerator has to; more are forked.
        carry: `run_slice`.

    Raises:
        WorkerDiedError: it ended by a fault, which the log tells.
    """
    app = make_app(settings)
    register(app, settings, carry)
    worker = app.Worker(
        queues=list(queues),
        pool="solo" if processes == 1 else "prefork",
        concurrency=processes,
        loglevel="WARNING",
        quiet=True,
        ready_callback=lambda _: log.info("carrying slices of %s", " and ".join(queues)),
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    if worker.exitcode:
        raise WorkerDiedError(
            f"the worker ended ({worker.exitcode}); its last log lines say why, slices it had in "
            "hand are taken up by others"
        )
