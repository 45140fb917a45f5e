"""The share of reads that a new index has before the switch: marked, renewed, taken back."""

import logging
import time

from connector.errors import ConnectorError, RefusedError
from ingest.reindex.case import Case
from ingest.reindex.run import BEFORE_SWITCH, Run, State
from mappings.canary import RENEW_S, mark, unmark

log = logging.getLogger(__name__)


def require_before_switch(run: Run) -> None:
    """Check that there is still something to share.

    Raises:
        RefusedError: all searches reach one of the two indices for good.
    """
    if run.state not in BEFORE_SWITCH:
        raise RefusedError(
            f"the run {run.id!r} is {run.state}: there is no canary any more; `connector reindex "
            "status` says what can be typed"
        )


class Sharing:
    """Keeps the old index's mark as the ledger has it, while a run is in the state `canary`."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._share: float | None = None
        self._marked = 0.0

    def over(self) -> bool:
        """Look at the run: whether it goes on; else the mark is there, with its present share.

        Raises:
            ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
        """
        run = self._case.look()
        share = run.canary
        if run.state is not State.CANARY or share is None or share >= 1:
            return True
        if share != self._share or time.monotonic() - self._marked >= RENEW_S:
            self._case.patience.insist(lambda: mark(self._case.client, run.old, run.id, share))
            self._share, self._marked = share, time.monotonic()
            self._case.bar.update(0, None, f"{share:.0%} of query texts search {run.id}")
        return False

    def end(self) -> None:
        """Take the mark back; where the cluster is away it lapses by itself."""
        try:
            unmark(self._case.client, self._case.run.old)
        except ConnectorError as error:
            log.warning("the canary ends in a minute, not now: %s", error)
