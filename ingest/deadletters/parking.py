"""Parks records that can never be written in `{topic}.deadletters`: where, what and why."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from connector.broker import create_topic, faults, producer
from connector.settings import KafkaSettings
from ingest.deadletters.letter import SUFFIX, DeadLetter, Letter
from ingest.deadletters.payload import Keeping

if TYPE_CHECKING:
    from kafka import KafkaProducer

# A broker takes messages of a little over a million bytes unless told otherwise.
_LARGEST_BODY = 1_000_000
_LONGEST_REASON = 1000


class DeadLetters:
    """The dead-letter topics of one index; each is created with its first letter.

    They are compacted, and a letter's key is its identity: a record that is refused again after
    a crash replaces its own letter, and letters stay until they are replayed.

    Args:
        settings: how to reach Kafka.
        keeping: what a letter keeps of its record.
        catalogue: its name.
        index: the physical index that the records were meant for.
        now: the present time in ISO 8601.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        keeping: Keeping,
        catalogue: str,
        index: str,
        now: Callable[[], str],
    ) -> None:
        self._settings, self._keeping = settings, keeping
        self._catalogue, self._index = catalogue, index
        self._now = now
        self._producer: KafkaProducer | None = None
        self._topics: set[str] = set()

    def park(self, letters: Sequence[DeadLetter]) -> None:
        """Send letters and wait until Kafka has acknowledged every one.

        Raises:
            BrokerUnavailableError, StopError: one was not; their records must not be committed.
        """
        if not letters:
            return
        with faults("writing dead letters", self._settings):
            sent = [self._send(self._kept(letter)) for letter in letters]
            for future in sent:
                future.get()

    def close(self) -> None:
        """Close the producer, when there is one."""
        if self._producer is not None:
            self._producer.close()

    def _send(self, letter: Letter) -> Any:
        topic = letter.position.topic + SUFFIX
        if topic not in self._topics:
            create_topic(self._settings, topic, cleanup_policy="compact")
            self._topics.add(topic)
        if self._producer is None:
            self._producer = producer(self._settings)
        return self._producer.send(topic, key=letter.identity, value=_fitting(letter))

    def _kept(self, letter: DeadLetter) -> Letter:
        record = letter.record
        return Letter(
            record.position,
            record.timestamp,
            record.key,
            letter.error_class,
            self._keeping.reason(letter.reason, record)[:_LONGEST_REASON],
            self._catalogue,
            self._index,
            self._now(),
            self._keeping.payload(record),
        )


def _fitting(letter: Letter) -> bytes:
    """Return the letter's body; without payload, or even key, where it would be too large."""
    for left_out in ({}, {"payload": None}, {"payload": None, "key": None}):
        body = orjson.dumps(letter.body() | left_out)
        if len(body) < _LARGEST_BODY:
            break
    return body
