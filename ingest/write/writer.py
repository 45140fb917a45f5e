"""Writes changes: one bulk verb, items classified one by one, only the failed ones sent again."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from connector.errors import ClusterUnavailableError
from ingest.metrics import Metrics
from ingest.target import Target
from ingest.write.bulk import Bulk
from ingest.write.item import Result, Write
from ingest.write.line import Lines
from ingest.write.outcome import Outcome
from ingest.write.patience import Patience

log = logging.getLogger(__name__)


@dataclass
class Writer:
    """Merges changes into one physical index.

    Attributes:
        target: the index.
        bulk_bytes: body size of one request.
        patience: how failed items are tried again.
        now: the present time in ISO 8601, for `connector.indexed_at`.
        metrics: is told of what is tried again.
    """

    target: Target
    bulk_bytes: int
    patience: Patience
    now: Callable[[], str]
    metrics: Metrics

    def __post_init__(self) -> None:
        self._lines = Lines(self.target)
        self._bulk = Bulk(self.target.client, self.target.index, self.bulk_bytes)

    def write(self, writes: Sequence[Write]) -> list[Result]:
        """Write all; return one result each, in order: ok, stale, replan or dead letter.

        Raises:
            ClusterUnavailableError: some items were refused for now until patience ran out.
            ClusterRefusedError, IndexMissingError: no item can be written.
        """
        now = self.now()
        left = {number: self._lines.render(write, now) for number, write in enumerate(writes)}
        done: dict[int, Result] = {}
        tries = self.patience.tries()
        while left:
            answers = self._bulk.send(left)
            failed = {n: answers[n] for n in left if answers[n].outcome is Outcome.RETRY}
            done |= {n: answer for n, answer in answers.items() if n not in failed}
            if failed:
                self._say(failed, len(writes))
                longest = max(answer.wait_s for answer in failed.values())
                if not tries.again(progress=len(failed) < len(left), at_least_s=longest):
                    raise _exhausted(failed, len(writes))
            left = {n: left[n] for n in failed}
        return [done[number] for number in range(len(writes))]

    def _say(self, failed: Mapping[int, Result], total: int) -> None:
        reasons = Counter(answer.said for answer in failed.values())
        for reason, items in reasons.items():
            self.metrics.retried(reason, items)
        said = ", ".join(f"{count} {name}" for name, count in reasons.most_common())
        log.warning("%d of %d items failed for now: %s", len(failed), total, said)


def _exhausted(failed: Mapping[int, Result], total: int) -> ClusterUnavailableError:
    last = next(iter(failed.values()))
    return ClusterUnavailableError(
        f"{len(failed)} of {total} items still fail after the last try ({last.said}: "
        f"{last.reason}); nothing is lost, start the worker again later"
    )
