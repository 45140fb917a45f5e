"""A stream's topic: whether it is there and stays, and reading it again from its first record."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import NoError

from connector import broker
from connector.errors import RefusedError, StopError
from connector.settings import KafkaSettings

# A topic that is away for so long is gone: brokers that start may not know of theirs at once.
GONE_S = 60.0


def partitions_of(
    consumer: KafkaConsumer, topics: Iterable[str], settings: KafkaSettings
) -> list[TopicPartition]:
    """Return the partitions of topics, topic by topic.

    Raises:
        StopError: there is no such topic.
        BrokerUnavailableError: Kafka does not answer.
    """
    return [place for topic in topics for place in _partitions_of(consumer, topic, settings)]


def _partitions_of(
    consumer: KafkaConsumer, topic: str, settings: KafkaSettings
) -> list[TopicPartition]:
    with broker.faults(f"looking for topic {topic!r}", settings):
        numbers = consumer.partitions_for_topic(topic)
    if not numbers:
        raise _missing(topic, settings.bootstrap_servers)
    return [TopicPartition(topic, number) for number in sorted(numbers)]


def _missing(topic: str, servers: str) -> StopError:
    return StopError(
        f"topic {topic!r} does not exist on Kafka at {servers}; create it, or let `connector publish` "
        "do so, or correct the topic in the catalogue"
    )


class Presence:
    """Notices that a topic was deleted: the client waits for it for ever, and says nothing.

    Args:
        consumer: only the thread that polls it may use this.
        topics: that it reads.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        consumer: KafkaConsumer,
        topics: Sequence[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._consumer, self._topics, self._clock = consumer, topics, clock
        self._known_at: dict[str, float] = {}

    def check(self) -> None:
        """Look at what the client has heard; Kafka is not asked.

        Raises:
            StopError: a topic is gone for `GONE_S`.
        """
        now = self._clock()
        for topic in self._topics:
            if broker.knows(self._consumer, topic):
                self._known_at[topic] = now
            elif now - self._known_at.setdefault(topic, now) >= GONE_S:
                raise _missing(topic, ",".join(self._consumer.config["bootstrap_servers"]))


def rewind(settings: KafkaSettings, group: str, partitions: list[TopicPartition]) -> None:
    """Set the group's commits back to the first records of the topic.

    Raises:
        RefusedError: another worker of the group is running.
        BrokerUnavailableError: Kafka does not answer.
    """
    earliest = dict.fromkeys(partitions, OffsetSpec.EARLIEST)
    with broker.faults("rewinding", settings), closing(broker.admin(settings)) as admin:
        answers = admin.reset_group_offsets(group, earliest)
    refused = {answer["error"] for answer in answers.values()} - {NoError}
    if refused:
        raise RefusedError(
            f"the offsets of group {group!r} cannot be set back "
            f"({', '.join(sorted(error.__name__ for error in refused))}): another worker of this "
            f"index is running, or died less than {broker.SESSION_TIMEOUT_MS // 1000} s ago; "
            "stop it, then try again"
        )
