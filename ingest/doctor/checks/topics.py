"""Whether Kafka keeps what the index is built from."""

from collections.abc import Iterator

from connector.errors import RefusedError
from ingest.doctor.case import Case
from ingest.doctor.finding import Finding
from ingest.generation import Topic, remembered, require_same


def topic_there(case: Case) -> Iterator[Finding]:
    """Every topic that the catalogue names exists."""
    for topic in case.topics:
        if topic not in case.all_topics:
            yield Finding(
                "topic-there",
                "wrong",
                f"topic {topic!r} does not exist on Kafka at "
                f"{case.settings.kafka.bootstrap_servers}",
                "create it, or correct the topic in the catalogue",
            )


def topic_same(case: Case) -> Iterator[Finding]:
    """A topic whose offsets are versions is the one whose offsets were."""
    for topic, known in remembered(case.live.meta).items():
        if topic not in case.described:
            continue
        try:
            require_same(topic, known, Topic.of(case.described[topic]))
        except RefusedError as error:
            yield Finding(
                "topic-same",
                "wrong",
                str(error),
                f"if what it holds now counts: connector ingest --accept-topic {topic}",
            )


def topic_replicas(case: Case) -> Iterator[Finding]:
    """Every partition has a second copy, and all copies are up to date."""
    for topic, described in case.described.items():
        partitions = described["partitions"]
        alone = [p["partition_index"] for p in partitions if len(p["replica_nodes"]) == 1]
        behind = [
            p["partition_index"]
            for p in partitions
            if len(p["isr_nodes"]) < len(p["replica_nodes"])
        ]
        if alone:
            yield Finding(
                "topic-replicas",
                "risk",
                f"{len(alone)} of {len(partitions)} partitions of {topic!r} have one replica: with "
                "its broker their records are gone",
                "add replicas by `kafka-reassign-partitions`",
            )
        if behind:
            yield Finding(
                "topic-replicas",
                "risk",
                f"partitions {', '.join(map(str, behind))} of {topic!r} have replicas that lag "
                "behind their leader",
                "see why those brokers are slow or away",
            )


def topic_settings(case: Case) -> Iterator[Finding]:
    """Kafka loses no acknowledged record, and the topic can be read again."""
    for topic, settings in case.topic_settings.items():
        if settings["unclean.leader.election.enable"] == "true":
            yield Finding(
                "topic-settings",
                "wrong",
                f"{topic!r} lets a replica lead that lacks records (unclean.leader.election.enable "
                "is true): acknowledged updates vanish, and offsets run backwards",
                "set it to false",
            )
        replicas = min(len(p["replica_nodes"]) for p in case.described[topic]["partitions"])
        if replicas > 1 and int(settings["min.insync.replicas"]) == 1:
            yield Finding(
                "topic-settings",
                "risk",
                f"{topic!r} acknowledges a record that one broker has (min.insync.replicas is 1)",
                "set it to 2, and let producers use acks=all",
            )
        if "compact" not in settings["cleanup.policy"] and int(settings["retention.ms"]) >= 0:
            days = int(settings["retention.ms"]) / 86_400_000
            yield Finding(
                "topic-settings",
                "note",
                f"{topic!r} keeps records for {days:g} days: an index built from it lacks every "
                "product that was not updated since",
                "set cleanup.policy to compact, which keeps the last record of each product",
            )
