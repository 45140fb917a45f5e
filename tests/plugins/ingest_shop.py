"""A small catalogue on real servers, with everything the tests of ingest ask of it."""

import json
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from opensearchpy import OpenSearch

from connector import broker
from connector.settings import Settings
from ingest.deadletters.shelf import letters_of
from ingest.run import run
from mappings.apply import apply
from mappings.catalogue import Catalogue
from mappings.contract import contract_of
from mappings.live import open_index


def describe(
    name: str, topic: str, model: str, streams: dict[str, Any] | None = None, **source: Any
) -> Catalogue:
    """Return a catalogue of a product stream and a price stream, which has a topic only if asked."""
    return Catalogue.model_validate(
        {
            "name": name,
            "source": {"topic": topic, "version": "v", **source},
            "model": {"name": model},
            "vectors": {
                "title_vector": {"text": "{title}"},
                "body_vector": {"text": "{title} {body}"},
            },
            "fields": {
                "title": {"role": "title"},
                "body": {"role": "description"},
                "stock": {"role": "facet", "type": "long"},
                "price": {"role": "price", "group": "price"},
            },
            "streams": streams or {},
        }
    )


@dataclass
class Shop:
    """One catalogue, its index and its topic."""

    catalogue: Catalogue
    settings: Settings
    client: OpenSearch
    index: str
    file: Path

    @property
    def topic(self) -> str:
        """The product topic."""
        return self.catalogue.source.topic

    def send(
        self,
        *records: tuple[Any, Any],
        partition: int = 0,
        stream: str = "product",
        **more: Any,
    ) -> None:
        """Send (key, value) pairs; bytes and None go as they are, all else as text or JSON."""
        topic = self.catalogue.inlets[stream].topic
        with closing(broker.producer(self.settings.kafka)) as producer:
            sent = [
                producer.send(
                    topic, key=_key(key), value=_value(value), partition=partition, **more
                )
                for key, value in records
            ]
            for each in sent:
                each.get()

    def drop_topic(self, stream: str = "product") -> None:
        """Delete a stream's topic; return when the broker, too, knows of it no more."""
        topic = self.catalogue.inlets[stream].topic
        with closing(broker.admin(self.settings.kafka)) as kafka:
            kafka.delete_topics([topic])
            while topic in kafka.list_topics():
                time.sleep(0.05)

    def ingest(self, from_beginning: bool = False) -> dict[str, Any]:
        """Run the worker until it has caught up."""
        return run(self.settings, self.catalogue, True, from_beginning)

    def documents(self) -> dict[str, dict[str, Any]]:
        """Return every document by id, tombstones and vectors included."""
        self.client.indices.refresh(index=self.index)
        hits = self.client.search(index=self.index, body={"size": 1000})["hits"]["hits"]
        return {hit["_id"]: hit["_source"] for hit in hits}

    def letters(self) -> list[dict[str, Any]]:
        """Return the dead letters, one for each record, in the order of their places."""
        return [letter.body() for letter in letters_of(self.settings.kafka, [self.topic])]

    def committed(self, partition: int = 0) -> int | None:
        """Return the offset that the worker's group has committed."""
        with closing(KafkaConsumer(**_plain(self.settings), group_id=self.index)) as consumer:
            offset: int | None = consumer.committed(TopicPartition(self.topic, partition))
            return offset


def read_all(settings: Settings, topic: str) -> Sequence[Any]:
    """Return the records of partition 0 of a topic."""
    place = TopicPartition(topic, 0)
    with closing(KafkaConsumer(**_plain(settings))) as consumer:
        if not consumer.partitions_for_topic(topic):
            return []
        consumer.assign([place])
        consumer.seek_to_beginning(place)
        end = consumer.end_offsets([place])[place]
        found: list[Any] = []
        while len(found) < end:
            found += consumer.poll(timeout_ms=500).get(place, [])
        return found


def _plain(settings: Settings) -> dict[str, Any]:
    return {
        "bootstrap_servers": settings.kafka.bootstrap_servers,
        "enable_auto_commit": False,
        "allow_auto_create_topics": False,
    }


def _key(key: Any) -> bytes | None:
    return key.encode() if isinstance(key, str) else key


def _value(value: Any) -> bytes | None:
    return json.dumps(value).encode() if isinstance(value, dict | list | int | str) else value


def make_shop(
    catalogue: Catalogue, settings: Settings, client: OpenSearch, folder: Path, partitions: int = 1
) -> Shop:
    """Create index and topic, and a catalogue file for the command line."""
    apply(client, catalogue, contract_of(catalogue))
    for inlet in catalogue.inlets.values():
        broker.create_topic(settings.kafka, inlet.topic, partitions)
    file = folder / "catalogue.toml"
    file.write_text(to_toml(catalogue), "utf-8")
    return Shop(catalogue, settings, client, open_index(client, catalogue.name).physical, file)


def to_toml(catalogue: Catalogue) -> str:
    """Write a catalogue as a file; JSON's strings, numbers, booleans and lists are TOML's."""
    dumped = catalogue.model_dump(mode="json", exclude_none=True)
    plain = {name: value for name, value in dumped.items() if not isinstance(value, dict)}
    lines = _pairs(plain)
    for table, values in dumped.items():
        if table in ("vectors", "fields", "streams"):
            for name, body in values.items():
                lines += [f"[{table}.{name}]", *_pairs(body)]
        elif table not in plain:
            lines += [f"[{table}]", *_pairs(values)]
    return "\n".join(lines)


def _pairs(values: dict[str, Any]) -> list[str]:
    return [f"{key} = {json.dumps(value)}" for key, value in values.items()]
