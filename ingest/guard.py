"""Looks, while the worker runs, whether a topic whose offsets are versions is still the same."""

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence

from kafka import TopicPartition

from connector.errors import RefusedError, RetryLaterError
from ingest.change import Position, Record
from ingest.generation import Generation, Topic, require_same

log = logging.getLogger(__name__)

# How often it looks when nothing gives it a reason to.
EVERY_S = 30.0


class Guard:
    """Stops the worker before it takes records of a topic that is not the remembered one.

    A topic made anew shows by offsets that go back, one with more partitions by an assignment that
    changes; both are looked into before a record is taken. A producer that knows of new
    partitions earlier than this worker can move a key to an old partition unseen, for as long as
    `connector.broker.METADATA_MAX_AGE_MS`: stop producers before a topic is given partitions.

    Args:
        known: topics to watch; without any it does nothing.
        look: returns them as they stand now.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        known: Mapping[str, Generation] | None = None,
        look: Callable[[Collection[str]], Mapping[str, Topic]] = lambda _: {},
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._known = known or {}
        self._look, self._clock = look, clock
        self._assigned: frozenset[TopicPartition] = frozenset()
        self._last: dict[tuple[str, int], int] = {}
        self._looked_at = clock()

    def check(self, assigned: Collection[TopicPartition], records: Sequence[Record]) -> None:
        """Look when there is a reason to.

        Args:
            assigned: the worker's partitions.
            records: just polled, not yet taken.

        Raises:
            RefusedError: a topic was made anew, or has another number of partitions.
            BrokerUnavailableError: there is a reason to look, and Kafka does not answer.
        """
        if not self._known:
            return
        here = frozenset(assigned)
        back = [record for record in records if self._goes_back(record.position)]
        if back or here != self._assigned:
            self._require_same()
        elif self._clock() - self._looked_at >= EVERY_S:
            self._glance()
        self._assigned = here
        self._last |= {_place(record.position): record.position.offset for record in records}

    def require_free(self, place: TopicPartition) -> None:
        """Check that a partition may be read again from its first record, as one whose end went back.

        Where offsets are versions, a broker that lost records gives their offsets to newer ones.

        Raises:
            RefusedError: offsets are its versions.
            BrokerUnavailableError: Kafka does not answer.
        """
        if place.topic not in self._known:
            return
        self._require_same()
        raise RefusedError(
            f"partition {place.partition} of topic {place.topic!r} ends before an offset that was "
            'read: a broker lost records, and offsets are its versions (source.version = "@offset"), '
            "so that newer updates would look stale. Nothing was written or committed; send what was "
            "lost again, and build the index anew with `connector reindex start --from log`"
        )

    def _goes_back(self, position: Position) -> bool:
        return position.offset <= self._last.get(_place(position), -1)

    def _glance(self) -> None:
        """Look without a reason: a Kafka that is silent for a moment is no reason to end."""
        try:
            self._require_same()
        except RetryLaterError as error:
            log.warning("looking at topics again later: %s", error)
            self._looked_at = self._clock()

    def _require_same(self) -> None:
        for name, topic in self._look(self._known.keys()).items():
            require_same(name, self._known[name], topic)
        self._looked_at = self._clock()


def _place(position: Position) -> tuple[str, int]:
    return position.topic, position.partition
