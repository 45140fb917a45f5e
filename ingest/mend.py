"""Products written without vectors, because the model failed, are embedded again later."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from opensearchpy import OpenSearch

from connector.cluster import faults
from ingest.batch import Steps
from ingest.change import ProductChange
from ingest.tally import Tally
from mappings.catalogue import PRODUCT, Catalogue


@dataclass(frozen=True)
class Mender:
    """Finds documents of state `failed` and sends them the product's way again.

    The version stays: the merge script takes vectors for an equal version of a failed document
    only, so two menders, or a mender and a newer update, cannot harm one another.

    Attributes:
        client: OpenSearch.
        index: the physical index.
        catalogue: says which stored fields are the product's.
        steps: the way.
        size: documents of one go.
    """

    client: OpenSearch
    index: str
    catalogue: Catalogue
    steps: Steps
    size: int

    def mend(self) -> Tally:
        """Try some failed documents, chosen at random so that hopeless ones block no others."""
        return self.steps.mend([self._change(hit) for hit in self._find()])

    def refresh(self) -> None:
        """Make every write visible to searches."""
        with faults(f"refreshing {self.index!r}"):
            self.client.indices.refresh(index=self.index)

    def _find(self) -> list[Mapping[str, Any]]:
        failed = {"term": {"connector.state": "failed"}}
        body = {
            "size": self.size,
            "query": {"function_score": {"query": failed, "random_score": {}}},
            "_source": {"excludes": list(self.catalogue.vectors)},
        }
        with faults(f"searching {self.index!r} for failed embeddings"):
            hits: list[Mapping[str, Any]] = self.client.search(index=self.index, body=body)[
                "hits"
            ]["hits"]
        return hits

    def _change(self, hit: Mapping[str, Any]) -> ProductChange:
        source = hit["_source"]
        owned = self.catalogue.owned(PRODUCT)
        fields = {name: value for name, value in source.items() if name in owned}
        return ProductChange(
            hit["_id"], PRODUCT, source["connector"]["versions"][PRODUCT], fields
        )
