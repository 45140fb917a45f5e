"""Parks records that can never be written in `{topic}.deadletters`: where, what and why."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from kafka import KafkaProducer

from connector.broker import create_topic, faults, producer
from connector.settings import KafkaSettings
from ingest.deadletters.letter import SUFFIX, DeadLetter


class DeadLetters:
    """The dead-letter topic of one product topic; it is created with the first letter.

    Args:
        settings: how to reach Kafka.
        topic: the product topic.
        catalogue: its name.
        index: the physical index that the records were meant for.
        now: the present time in ISO 8601.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        topic: str,
        catalogue: str,
        index: str,
        now: Callable[[], str],
    ) -> None:
        self._settings, self._topic = settings, topic + SUFFIX
        self._about = {"catalogue": catalogue, "index": index}
        self._now = now
        self._producer: KafkaProducer | None = None

    def park(self, letters: Sequence[DeadLetter]) -> None:
        """Send letters and wait until Kafka has acknowledged every one.

        Raises:
            BrokerUnavailableError, StopError: one was not; their records must not be committed.
        """
        if not letters:
            return
        target = self._open()
        with faults(f"writing to {self._topic!r}", self._settings):
            sent = [
                target.send(self._topic, key=letter.record.key, value=self._body(letter))
                for letter in letters
            ]
            target.flush()
            for future in sent:
                future.get()

    def close(self) -> None:
        """Close the producer, when there is one."""
        if self._producer is not None:
            self._producer.close()

    def _open(self) -> KafkaProducer:
        if self._producer is None:
            create_topic(self._settings, self._topic)
            self._producer = producer(self._settings)
        return self._producer

    def _body(self, letter: DeadLetter) -> bytes:
        record = letter.record
        body: dict[str, Any] = {
            "topic": record.position.topic,
            "partition": record.position.partition,
            "offset": record.position.offset,
            "timestamp": record.timestamp,
            **_key(record.key),
            "error_class": letter.error_class,
            "reason": letter.reason,
            **self._about,
            "at": self._now(),
        }
        return orjson.dumps(body)


def _key(key: bytes | None) -> dict[str, str | None]:
    try:
        return {"key": None if key is None else key.decode()}
    except UnicodeDecodeError:
        return {"key_base64": base64.b64encode(key or b"").decode()}
