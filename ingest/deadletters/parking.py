"""Parks records that can never be written in `{topic}.deadletters`: where, what and why."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
from kafka.errors import KafkaTimeoutError, MessageSizeTooLargeError

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
            kept = [self._kept(letter) for letter in letters]
            sent = [self._send(letter, _fitting(letter)) for letter in kept]
            for letter, future in zip(kept, sent, strict=True):
                try:
                    future.get()
                except MessageSizeTooLargeError:  # this cluster takes less than others
                    self.close()
                    self._send(letter, _smallest(letter)).get()

    def close(self, timeout_s: float | None = None) -> None:
        """Close the producer, when there is one; after a record that is too large it takes no other.

        What is not acknowledged after `timeout_s` is given up: its record was not committed.
        """
        closed, self._producer = self._producer, None
        if closed is not None:
            with suppress(KafkaTimeoutError):
                closed.close(timeout_s)

    def _send(self, letter: Letter, body: bytes) -> Any:
        topic = letter.position.topic + SUFFIX
        if topic not in self._topics:
            create_topic(self._settings, topic, cleanup_policy="compact")
            self._topics.add(topic)
        if self._producer is None:
            self._producer = producer(self._settings)
        return self._producer.send(topic, key=letter.identity, value=body)

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
    for body in (orjson.dumps(letter.body()), orjson.dumps(replace(letter, payload=None).body())):
        if len(body) < _LARGEST_BODY:
            return body
    return _smallest(letter)


def _smallest(letter: Letter) -> bytes:
    return orjson.dumps(replace(letter, payload=None, key=None).body())
