"""Topics whose offsets are versions: looked up in Kafka, remembered in the index's `_meta`."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import replace

from kafka import KafkaConsumer, TopicPartition

from connector import broker, cluster
from connector.errors import RefusedError, UsageError
from connector.settings import KafkaSettings, Settings
from ingest.generation import Generation, Topic, require_same
from ingest.target import Target, open_target
from ingest.topic import partitions_of, rewind
from ingest.version import OFFSET
from mappings.catalogue import Catalogue


def guarded(catalogue: Catalogue) -> list[str]:
    """Return the topics whose offsets are versions."""
    return [inlet.topic for inlet in catalogue.inlets.values() if inlet.version == OFFSET]


def look(settings: KafkaSettings, topics: Collection[str]) -> dict[str, Topic]:
    """Return topics as they stand in Kafka now; one that is not there is missing.

    Raises:
        BrokerUnavailableError, StopError: see `connector.broker.faults`.
    """
    if not topics:
        return {}
    with broker.faults("looking at topics", settings), closing(broker.admin(settings)) as admin:
        found = admin.describe_topics(sorted(topics))
    return {each["name"]: Topic.of(each) for each in found if each["partitions"]}


def checked(target: Target, settings: KafkaSettings) -> Target:
    """Return the target, its guarded topics compared; one that was never seen is remembered.

    Raises:
        RefusedError: a topic is not the one that is remembered.
        ClusterRefusedError: the index's mapping may not be written.
    """
    known = target.generations
    there = look(settings, guarded(target.catalogue))
    for name, topic in there.items():
        if name in known:
            require_same(name, known[name], topic)
    news = {name: Generation.first(topic) for name, topic in there.items() if name not in known}
    return _remember(target, {**known, **news}) if news else target


def accept(
    settings: Settings, catalogue: Catalogue, topics: Sequence[str], index: str | None = None
) -> None:
    """Begin a new generation of topics; a topic made anew is read from its beginning.

    Raises:
        UsageError: a topic's offsets are no versions, or it is not there.
        RefusedError: nothing changed, or a worker of this index is running.
    """
    with closing(cluster.connect(settings.opensearch)) as client:
        target = open_target(client, catalogue, index)
        there = look(settings.kafka, guarded(catalogue))
        for name in topics:
            if name not in there:
                raise UsageError(
                    f"--accept-topic {name}: no topic of that name has offsets as versions here "
                    f"({', '.join(there) or 'none has'})"
                )
            with closing(broker.consumer(settings.kafka, target.index)) as consumer:
                target = _accept(settings.kafka, target, name, there[name], consumer)


def _accept(
    settings: KafkaSettings, target: Target, name: str, topic: Topic, consumer: KafkaConsumer
) -> Target:
    known = target.generations
    partitions = partitions_of(consumer, [name], settings)
    with broker.faults(f"reading {name!r}", settings):
        ends = consumer.end_offsets(partitions)
    before = known.get(name, Generation.first(topic))
    try:
        following = before.following(topic, {place.partition: end for place, end in ends.items()})
    except RefusedError as error:
        raise RefusedError(f"--accept-topic {name}: {error}") from None
    # The commits are those of another topic, or of records that were taken for stale.
    again = partitions if topic.id != before.id else _added(partitions, before)
    if again:
        rewind(settings, target.index, again)
    return _remember(target, {**known, name: following})


def _added(partitions: Sequence[TopicPartition], before: Generation) -> list[TopicPartition]:
    return [place for place in partitions if place.partition >= before.partitions]


def _remember(target: Target, generations: Mapping[str, Generation]) -> Target:
    topics = {name: each.as_json() for name, each in generations.items()}
    meta = {**target.meta, "topics": topics}
    with cluster.faults(f"remembering the topics of {target.index!r}"):
        target.client.indices.put_mapping(index=target.index, body={"_meta": {"connector": meta}})
    return replace(target, meta=meta)
