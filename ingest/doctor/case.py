"""What the doctor looks at: one catalogue, its index, its topics and its group, read when needed."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, OffsetSpec
from opensearchpy import OpenSearch

from connector import broker
from connector.cluster import faults
from connector.errors import ConnectorError
from connector.settings import Settings
from mappings.catalogue import Catalogue
from mappings.contract import ModelContract, contract_of
from mappings.live import LiveIndex, open_index

Json = dict[str, Any]


@dataclass
class Case:
    """One catalogue's way in. Everything is read once, when the first check asks for it.

    Attributes:
        settings: where the servers are.
        catalogue: as the file says now.
        client: OpenSearch.
        now: seconds since the epoch.

    Every property raises what `connector.cluster.faults` or `connector.broker.faults` does, and
    `live` what `mappings.live.open_index` does.
    """

    settings: Settings
    catalogue: Catalogue
    client: OpenSearch
    now: Callable[[], float] = time.time
    _admin: KafkaAdminClient | None = field(default=None, init=False)
    _away: ConnectorError | None = field(default=None, init=False)

    @cached_property
    def live(self) -> LiveIndex:
        """The index behind the catalogue's alias."""
        return open_index(self.client, self.catalogue.name)

    @cached_property
    def contract(self) -> ModelContract:
        """The model contract that the catalogue asks for."""
        return contract_of(self.catalogue)

    @property
    def topics(self) -> list[str]:
        """The topics that feed the index."""
        return self.catalogue.topics

    def search(self, body: Json) -> Json:
        """Search the physical index, tombstones included."""
        with faults(f"searching {self.live.physical!r}"):
            answer: Json = self.client.search(index=self.live.physical, body=body)
        return answer

    def count(self, query: Json) -> int:
        """Count documents of the physical index, tombstones included."""
        with faults(f"counting in {self.live.physical!r}"):
            answer: Json = self.client.count(index=self.live.physical, body={"query": query})
        return int(answer["count"])

    @cached_property
    def described(self) -> Mapping[str, Json]:
        """By topic, Kafka's description: `topic_id`, and `partitions` with replicas and leaders."""
        there = [topic for topic in self.topics if topic in self.all_topics]
        found = self.kafka("describing topics", lambda admin: admin.describe_topics(there))
        return {each["name"]: each for each in (found if there else [])}

    @cached_property
    def all_topics(self) -> frozenset[str]:
        """The names of all topics."""
        return frozenset(self.kafka("listing topics", lambda admin: admin.list_topics()))

    @cached_property
    def topic_settings(self) -> Mapping[str, Mapping[str, str]]:
        """By topic, its effective settings."""
        asked = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in self.described]
        found = self.kafka(
            "reading topics' settings",
            lambda admin: admin.describe_configs(asked, config_filter="all") if asked else {},
        )
        return {
            topic: {name: each["value"] for name, each in values.items()}
            for topic, values in found.get("topic", {}).items()
        }

    @cached_property
    def partitions(self) -> list[TopicPartition]:
        """The partitions of all topics."""
        return [
            TopicPartition(topic, each["partition_index"])
            for topic, described in self.described.items()
            for each in described["partitions"]
        ]

    @cached_property
    def first(self) -> Mapping[TopicPartition, int]:
        """By partition, the offset of the first record that Kafka still has."""
        return self.offsets(OffsetSpec.EARLIEST)

    @cached_property
    def end(self) -> Mapping[TopicPartition, int]:
        """By partition, one past the last record."""
        return self.offsets(OffsetSpec.LATEST)

    @cached_property
    def committed(self) -> Mapping[TopicPartition, int]:
        """By partition, what the index's group has committed, where it has."""
        group = self.live.physical
        found = self.kafka(
            f"reading the offsets of group {group!r}",
            lambda admin: admin.list_group_offsets({group: None}),
        )
        return {place: each.offset for place, each in found[group].items() if each.offset >= 0}

    def done(self, place: TopicPartition) -> int:
        """Return the offset below which the index's group has read a partition.

        It is the first record's where the group never committed, and where it committed what Kafka
        does not have: the worker reads such a partition again from its beginning.
        """
        committed, first = self.committed.get(place, 0), self.first[place]
        return first if committed > self.end[place] else max(committed, first)

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """By name, the state of every consumer group: `Stable`, `Empty` and so on."""
        found = self.kafka("listing groups", lambda admin: admin.list_groups())
        return {each["group_id"]: each["group_state"] for each in found}

    @cached_property
    def members(self) -> list[str]:
        """Workers of the index's group, each by the name that it gave Kafka; see `ingest.drift`."""
        group = self.live.physical
        if group not in self.groups:
            return []
        found = self.kafka("describing the group", lambda admin: admin.describe_groups([group]))
        return [each["client_id"] for each in found[group]["members"]]

    def offsets(self, spec: Any) -> Mapping[TopicPartition, int]:
        """By partition, an offset: of `OffsetSpec`, or the first at or after a time (ms), or -1."""
        asked = dict.fromkeys(self.partitions, spec)
        found = self.kafka(
            "reading offsets",
            lambda admin: admin.list_partition_offsets(asked) if asked else {},
        )
        return {place: each.offset for place, each in found.items()}

    def kafka(self, doing: str, ask: Callable[[KafkaAdminClient], Any]) -> Any:
        """Ask Kafka; one connection serves all checks."""
        if self._away is not None:
            raise self._away
        if self._admin is None:
            self._admin = self._connected()
        with broker.faults(doing, self.settings.kafka):
            return ask(self._admin)

    def _connected(self) -> KafkaAdminClient:
        """Connect; a Kafka that is away is waited for once, not once a check."""
        try:
            return broker.admin(self.settings.kafka)
        except ConnectorError as error:
            self._away = error
            raise

    def close(self) -> None:
        """Close the connection to Kafka, when there is one."""
        if self._admin is not None:
            self._admin.close()
