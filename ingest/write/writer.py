"""Writes changes: one bulk verb, items classified one by one, only the failed ones sent again."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from connector.errors import ClusterUnavailableError
from ingest.metrics import Metrics
from ingest.target import Target
from ingest.write.bulk import Bulk
from ingest.write.item import Result, Write
from ingest.write.line import Lines
from ingest.write.outcome import Outcome, narrower
from ingest.write.patience import Patience

log = logging.getLogger(__name__)

_AGAIN = (Outcome.RETRY, Outcome.SUSPECT, Outcome.NARROW)


@dataclass
class Writer:
    """Merges changes into one physical index. Threads may share it.

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
        self._written = 0

    def write(self, writes: Sequence[Write]) -> list[Result]:
        """Write all; return one result each, in order: ok, stale, replan or dead letter.

        Raises:
            ClusterUnavailableError: some items were refused for now until patience ran out.
            ClusterRefusedError, IndexMissingError: no item can be written.
        """
        now, before = self.now(), self._written
        left = {number: self._lines.render(write, now) for number, write in enumerate(writes)}
        done: dict[int, Result] = {}
        tries, most = self.patience.tries(), len(left)
        while left:
            answers = self._bulk.send(left, most)
            failed = {n: answers[n] for n in left if answers[n].outcome in _AGAIN}
            done |= {n: answer for n, answer in answers.items() if n not in failed}
            self._written += sum(each.outcome is Outcome.OK for each in answers.values())
            if failed:
                self._say(failed, len(writes))
                longest = max(answer.wait_s for answer in failed.values())
                if not tries.again(progress=len(failed) < len(left), at_least_s=longest):
                    others = 0 if tries.hurried else self._written - before
                    done |= self._given_up(writes, failed, others)
                    break
            left = {n: left[n] for n in failed}
            if any(answer.outcome is Outcome.NARROW for answer in failed.values()):
                most = narrower(most, len(left))
        return [done[number] for number in range(len(writes))]

    def _given_up(
        self, writes: Sequence[Write], failed: Mapping[int, Result], others: int
    ) -> dict[int, Result]:
        """Return dead letters, where it is the documents themselves that the cluster fails on.

        It is where as many others at least were written meanwhile, and where the shards of what
        fails answer a question about the very same documents.

        Raises:
            ClusterUnavailableError: it may be the cluster.
        """
        suspect = all(answer.outcome is Outcome.SUSPECT for answer in failed.values())
        if not suspect or others < len(failed) or not self._answers(writes[n] for n in failed):
            raise _exhausted(failed, len(writes))
        return {n: _buried(answer) for n, answer in failed.items()}

    def _answers(self, writes: Iterable[Write]) -> bool:
        asked = self._bulk.send(dict(enumerate(map(self._lines.question, writes))))
        return all(answer.outcome is Outcome.STALE for answer in asked.values())

    def _say(self, failed: Mapping[int, Result], total: int) -> None:
        reasons = Counter(answer.code for answer in failed.values())
        for reason, items in reasons.items():
            self.metrics.retried(reason, items)
        said = ", ".join(f"{count} {name}" for name, count in reasons.most_common())
        log.warning("%d of %d items failed for now: %s", len(failed), total, said)


def _buried(answer: Result) -> Result:
    reason = f"the cluster fails on this document and takes others ({answer.code}): {answer.reason}"
    return replace(answer, outcome=Outcome.DEAD_LETTER, reason=reason)


def _exhausted(failed: Mapping[int, Result], total: int) -> ClusterUnavailableError:
    last = next(iter(failed.values()))
    return ClusterUnavailableError(
        f"{len(failed)} of {total} items still fail after the last try ({last.code}: "
        f"{last.reason}); nothing is lost, start the worker again later"
    )
