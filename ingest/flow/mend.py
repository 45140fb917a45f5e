"""Products written without vectors, because the model failed, are embedded again later."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.cluster import faults
from ingest.change import ProductChange
from ingest.flow.batch import Steps
from ingest.flow.tally import Tally
from ingest.target import Target
from mappings.catalogue import PRODUCT


@dataclass(frozen=True)
class Mender:
    """Finds documents of state `failed` and sends them the product's way again.

    The version stays: the merge script takes vectors for an equal version of a failed document
    only, so two menders, or a mender and a newer update, cannot harm one another.

    Attributes:
        target: the index.
        steps: the way.
        size: documents of one go.
    """

    target: Target
    steps: Steps
    size: int

    def mend(self) -> Tally:
        """Try some failed documents, chosen at random so that hopeless ones block no others."""
        return self.steps.mend([self._change(hit) for hit in self._find()])

    def refresh(self) -> None:
        """Make every write visible to searches."""
        with faults(f"refreshing {self.target.index!r}"):
            self.target.client.indices.refresh(index=self.target.index)

    def _find(self) -> list[Mapping[str, Any]]:
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
