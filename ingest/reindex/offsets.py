"""Where a new index's group begins, and how far a group is behind.

It begins where the old index's group has committed, noted before a document is read: what is below
is in the old index, what is not is read from the topics. The topics' ends would leave out what the
old index's workers have not written yet.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.structs import OffsetAndMetadata

from connector import broker
from connector.errors import RefusedError
from connector.settings import KafkaSettings
from ingest.topic import partitions_of

Offsets = dict[str, dict[str, int]]
"""By topic and partition (as text: JSON knows no other keys)."""


def committed(settings: KafkaSettings, group: str, topics: Sequence[str]) -> Offsets:
    """Return what a group has committed; the first record's offset where it never did.

    Raises:
        StopError: a topic does not exist.
        BrokerUnavailableError: Kafka does not answer.
    """
    with _asking(settings, group) as consumer:
        places = partitions_of(consumer, topics, settings)
        with broker.faults(f"reading the commits of {group!r}", settings):
            first = consumer.beginning_offsets(places)
            done = {place: consumer.committed(place) for place in places}
    return _by_topic({place: first[place] if at is None else at for place, at in done.items()})


def beginnings(settings: KafkaSettings, topics: Sequence[str]) -> Offsets:
    """Return the offsets of the first records of topics that hold every product.

    Raises:
        RefusedError: a topic has lost its first records, and is not compacted.
        StopError, BrokerUnavailableError: as `committed`.
    """
    with _asking(settings, None) as consumer:
        places = partitions_of(consumer, topics, settings)
        with broker.faults("reading where topics begin", settings):
            first = consumer.beginning_offsets(places)
    lost = {place.topic for place, offset in first.items() if offset}
    for topic in sorted(lost & _deleting(settings, topics)):
        raise RefusedError(
            f"topic {topic!r} has forgotten its first records (cleanup.policy is delete), and with "
            "them products that did not change since; only a compacted topic, or one that keeps "
            "everything, can fill an index: publish the whole catalogue again, or use --from index"
        )
    return _by_topic(first)


def set_commits(
    settings: KafkaSettings, group: str, offsets: Mapping[str, Mapping[str, int]]
) -> None:
    """Let a group begin at offsets; it must have no members."""
    places = {
        TopicPartition(topic, int(number)): OffsetAndMetadata(at, "", -1)
        for topic, numbers in offsets.items()
        for number, at in numbers.items()
    }
    doing = f"setting the commits of {group!r}"
    with _asking(settings, group) as consumer, broker.faults(doing, settings):
        consumer.assign(list(places))
        consumer.commit(places)


def require_kept(settings: KafkaSettings, group: str, topics: Sequence[str]) -> None:
    """Check that what a group has not read is still there.

    Raises:
        RefusedError: retention has deleted some of it.
    """
    with _asking(settings, group) as consumer:
        places = partitions_of(consumer, topics, settings)
        with broker.faults("reading where topics begin", settings):
            first = consumer.beginning_offsets(places)
            done = {place: consumer.committed(place) for place in places}
    for place, at in sorted(done.items()):
        if at is not None and at < first[place] and place.topic in _deleting(settings, topics):
            raise RefusedError(
                f"partition {place.partition} of {place.topic!r} begins at {first[place]} by now, "
                f"and {group!r} had read up to {at}: updates are lost to it; give the topic a "
                "longer retention, then `connector reindex abort` and start again"
            )


def ends(settings: KafkaSettings, topics: Sequence[str]) -> dict[TopicPartition, int]:
    """Return where topics end now."""
    with _asking(settings, None) as consumer:
        places = partitions_of(consumer, topics, settings)
        with broker.faults("reading where topics end", settings):
            found: dict[TopicPartition, int] = consumer.end_offsets(places)
    return found


def behind(settings: KafkaSettings, group: str, goal: Mapping[TopicPartition, int]) -> int:
    """Return how many records below `goal` a group has not committed; gaps count as records.

    A commit beyond a partition's end is of a topic that was there before, or of records that a broker
    lost: the worker reads that partition again from its first record, and so nothing of it is done.
    """
    doing = f"reading the commits of {group!r}"
    places = list(goal)
    with _asking(settings, group) as consumer, broker.faults(doing, settings):
        first = consumer.beginning_offsets(places)
        done = {place: consumer.committed(place) or 0 for place in places}
        # Asked last: whoever is at work commits no further than this.
        last = consumer.end_offsets(places)
    begun = {place: 0 if done[place] > last[place] else done[place] for place in places}
    return sum(max(0, end - max(begun[place], first[place])) for place, end in goal.items())


def _deleting(settings: KafkaSettings, topics: Sequence[str]) -> set[str]:
    """Return the topics that forget records by age or size, not only superseded ones."""
    wanted = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in topics]
    with (
        broker.faults("reading topics' settings", settings),
        closing(broker.admin(settings)) as admin,
    ):
        found = admin.describe_configs(wanted, config_filter="all")["topic"]
    return {topic for topic in topics if "delete" in found[topic]["cleanup.policy"]["value"]}


def _asking(settings: KafkaSettings, group: str | None) -> "closing[KafkaConsumer]":
    """Open a consumer that joins nothing."""
    return closing(broker.consumer(settings, group) if group else broker.reader(settings))


def _by_topic(offsets: Mapping[TopicPartition, int]) -> Offsets:
    found: Offsets = {}
    for place, offset in sorted(offsets.items()):
        found.setdefault(place.topic, {})[str(place.partition)] = offset
    return found
