"""The place of a trial: a catalogue of its own, its index and its topic, and the judge's view."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kafka import TopicPartition
from opensearchpy import OpenSearch
from plugins.ingest_shop import Shop, describe, make_shop
from plugins.servers import PREFIX

from connector import broker, cluster
from connector.settings import Settings
from kit import history, workload


@dataclass
class Stage:
    """One catalogue on real servers, read by the traffic of `workload`.

    Attributes:
        shop: catalogue, index, topic, and the catalogue's file for the command line.
        admin: settings of a user who may do everything.
        model: folder of the model.
    """

    shop: Shop
    admin: Settings
    model: Path

    @property
    def bootstrap(self) -> str:
        """Kafka's address."""
        return self.admin.kafka.bootstrap_servers

    def unread(self) -> int:
        """Return how many records of the topic the worker's group has not committed."""
        return history.unread(self.bootstrap, self.shop.index, self.shop.topic)

    def commits(self) -> dict[TopicPartition, int]:
        """Return up to where the worker's group has committed, by partition."""
        return history.commits(self.bootstrap, self.shop.index, self.shop.topic)

    def log(self) -> list[history.Logged]:
        """Return every record of the topic."""
        return history.read_log(self.bootstrap, self.shop.topic)

    def judge(self, log: list[history.Logged] | None = None) -> history.Verdict:
        """Compare the index with the log; with an earlier one, where Kafka has it no more."""
        shop = self.shop
        return history.compare(
            history.fold(map(workload.read, self.log() if log is None else log)),
            history.read_index(shop.client, shop.index, shop.catalogue.name),
            workload.texts,
            encoder(self.model),
        )


@contextmanager
def stage(admin: Settings, model: Path, folder: Path, partitions: int = 8) -> Iterator[Stage]:
    """Set up a stage under a name that is free, and take it down afterwards.

    Args:
        admin: settings of a user who may do everything.
        model: folder of a model, e.g. from `plugins.tiny_model.build`.
        folder: takes the catalogue's file.
        partitions: of the topic.
    """
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    catalogue = describe(name, name, str(model), **workload.SOURCE)
    with closing(cluster.connect(admin.opensearch)) as client:
        try:
            shop = make_shop(catalogue, _exact(admin), client, folder, partitions)
            yield Stage(shop, admin, model)
        finally:
            _strike(client, admin, name)


def _exact(settings: Settings) -> Settings:
    """Let the worker compute as the judge does: low precision would hide a wrong vector."""
    encoder = settings.encoder.model_copy(update={"device": "cpu", "dtype": "float32"})
    return settings.model_copy(update={"encoder": encoder})


def _strike(client: OpenSearch, admin: Settings, name: str) -> None:
    # A trial's figures are not to be lost to a machine that has much to do.
    patience = {"cluster_manager_timeout": "300s"}
    client.indices.delete(index=f"{name}*", params={"ignore_unavailable": "true", **patience})
    client.indices.delete_index_template(name=name, params={"ignore": 404, **patience})
    with closing(broker.admin(admin.kafka)) as kafka:
        kafka.delete_topics([each for each in kafka.list_topics() if each.startswith(name)])
        groups = [each["group_id"] for each in kafka.list_groups()]
        kafka.delete_groups([each for each in groups if each.startswith(name)])


def encoder(model: Path) -> Callable[[list[str]], Any]:
    """Return the model as its own library runs it: float32, rows of length 1."""
    from sentence_transformers import SentenceTransformer

    reader = SentenceTransformer(str(model), device="cpu", local_files_only=True)

    def encode(texts: list[str]) -> Any:
        return reader.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    return encode
