"""Notices partitions that have lag and do not move."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from kafka import TopicPartition

log = logging.getLogger(__name__)


@dataclass
class Watchdog:
    """Remembers when each partition last moved, or had nothing to do.

    Attributes:
        patience_s: how long one with lag may stand still.
    """

    patience_s: float
    _moved: dict[TopicPartition, tuple[int | None, float]] = field(default_factory=dict)
    _stalled: set[TopicPartition] = field(default_factory=set)

    def look(
        self, places: Mapping[TopicPartition, tuple[int | None, int]], now: float
    ) -> frozenset[TopicPartition]:
        """Compare with the last look and return the partitions that are stalled now.

        Args:
            places: of the worker's partitions, the offset below which all is finished (None:
                not known yet) and the lag in records. All others are forgotten.
            now: seconds of a clock that never goes back.
        """
        self._moved = {
            place: self._moved[place]
            if lag and place in self._moved and self._moved[place][0] == done
            else (done, now)
            for place, (done, lag) in places.items()
        }
        before = self._stalled
        self._stalled = {
            place for place, (_, since) in self._moved.items() if now - since >= self.patience_s
        }
        for place in sorted(self._stalled - before):
            self._say(place, places[place])
        for place in sorted(before & places.keys() - self._stalled):
            log.info("partition %d of %s moves again", place.partition, place.topic)
        return frozenset(self._stalled)

    def _say(self, place: TopicPartition, seen: tuple[int | None, int]) -> None:
        log.error(
            "partition %d of %s stands still at offset %s with %d records to go for %.0f s; what "
            "the worker waits for is in the log lines before this one",
            place.partition,
            place.topic,
            seen[0],
            seen[1],
            self.patience_s,
        )
