"""Products written without vectors, because the model failed, are embedded again later."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.cluster import faults
from connector.errors import RetryLaterError
from ingest.change import ProductChange
from ingest.target import Target
from mappings.catalogue import PRODUCT

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mender:
    """Finds documents of state `failed`, for the way that products go.

    The version stays: the merge script takes vectors for an equal version of a failed document
    only, so two menders, or a mender and a newer update, cannot harm one another.

    Attributes:
        target: the index.
        size: documents of one go.
    """

    target: Target
    size: int

    def find(self) -> Sequence[ProductChange]:
        """Return some failed documents, chosen at random so that hopeless ones block no others.

        None while the cluster is away: there will be another time.
        """
        try:
            return [self._change(hit) for hit in self._search()]
        except RetryLaterError as error:
            log.warning("not looking for failed embeddings now: %s", error)
            return []

    def find_all_written(self) -> Sequence[ProductChange]:
        """Return some, after every write so far was made visible to searches."""
        with faults(f"refreshing {self.target.index!r}"):
            self.target.client.indices.refresh(index=self.target.index)
        return self.find()

    def _search(self) -> list[Mapping[str, Any]]:
        failed = {"term": {"connector.state": "failed"}}
        body = {
            "size": self.size,
            "query": {"function_score": {"query": failed, "random_score": {}}},
            "_source": {"excludes": list(self.target.catalogue.vectors)},
        }
        with faults(f"searching {self.target.index!r} for failed embeddings"):
            hits: list[Mapping[str, Any]] = self.target.client.search(
                index=self.target.index, body=body
            )["hits"]["hits"]
        return hits

    def _change(self, hit: Mapping[str, Any]) -> ProductChange:
        source = hit["_source"]
        owned = self.target.catalogue.owned(PRODUCT)
        fields = {name: value for name, value in source.items() if name in owned}
        return ProductChange(hit["_id"], PRODUCT, source["connector"]["versions"][PRODUCT], fields)
