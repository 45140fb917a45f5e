"""What a worker does with the name of a slice."""

import logging
from collections.abc import Callable
from contextlib import closing

from celery import Celery
from celery.worker import state

from connector import cluster
from connector.errors import ConnectorError, IndexMissingError, RetryLaterError, UsageError
from connector.settings import Settings
from ingest.reindex.carry import run_slice, this_thread
from ingest.reindex.distributed.app import TASK
from ingest.reindex.ledger import Ledger
from ingest.reindex.run import ENDED
from ingest.reindex.slices import SliceResult

log = logging.getLogger(__name__)

Carry = Callable[[Settings, str, str], SliceResult]


def register(app: Celery, settings: Settings, carry: Carry = run_slice) -> None:
    """Let an app's workers carry slices with the settings of their place.

    Args:
        app: from `make_app`.
        settings: how this machine reaches the servers, and where the model runs.
        carry: `run_slice`.
    """

    def slice_(run_id: str, slice_id: str) -> None:
        try:
            found = carry(settings, run_id, slice_id)
        except RetryLaterError as error:
            log.warning("slice %s is given back: %s", slice_id, error)
            give_back(settings, run_id)
        except ConnectorError as error:
            if isinstance(error, IndexMissingError) or over(settings, run_id):
                # Nobody can carry it, and this worker may carry those of another run.
                log.warning("slice %s is left alone: %s", slice_id, error)
                return
            # It would fail for every other slice, too, and take them from those who can.
            log.error(  # noqa: TRY400 - its traceback would quote what the error leaves out
                "this worker cannot carry slice %s and ends: %s", slice_id, error
            )
            give_back(settings, run_id)
            state.should_stop = 1
        else:
            log.info("slice %s: %s, %s", slice_id, found.state, dict(found.counts))

    app.task(slice_, name=TASK)


def over(settings: Settings, run_id: str) -> bool:
    """Whether a run has ended, or left the ledger: then nothing of it can be carried by anybody."""
    try:
        with closing(cluster.connect(settings.opensearch)) as client:
            return Ledger(client).run(run_id).state in ENDED
    except UsageError:
        return True
    except ConnectorError as error:
        log.debug("the ledger does not hear: %s", error)
        return False


def give_back(settings: Settings, run_id: str) -> None:
    """Open what this thread had claimed, so that nobody waits for its lease to end."""
    me = this_thread()
    try:
        with closing(cluster.connect(settings.opensearch)) as client:
            ledger = Ledger(client)
            ledger.release(ledger.run(run_id), lambda owner: owner == me)
    except ConnectorError as error:
        log.debug("the ledger does not hear: %s", error)
