"""A stored document becomes the changes that make it anew, each stream with its own version."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.change import ProductChange
from ingest.reindex.delta import Delta
from ingest.text import hash_of, texts_of
from ingest.vectors import Vector
from ingest.write.item import Write
from mappings.catalogue import PRODUCT, Catalogue
from mappings.live import LiveIndex


@dataclass(frozen=True, slots=True)
class Product:
    """A product's own change, and what there is of its vectors.

    Attributes:
        change: its fields and version.
        texts: text by vector field of the new index.
        known: vectors by text that the old index has; None where its model saw nothing in it.
    """

    change: ProductChange
    texts: Mapping[str, str]
    known: Mapping[str, Vector | None]

    @property
    def wanted(self) -> list[str]:
        """Texts that have to be embedded."""
        return [text for text in self.texts.values() if text and text not in self.known]


@dataclass(frozen=True, slots=True)
class Carried:
    """One document, taken apart.

    Attributes:
        product: its catalogue stream; None where that never came, or came as a delete.
        writes: of all else: other streams, and the tombstone.
    """

    product: Product | None
    writes: list[Write]


@dataclass(frozen=True)
class Reader:
    """Takes documents of one index apart for another.

    Attributes:
        old: where they stand.
        catalogue: of the index that they are for.
        delta: between the two.
    """

    old: LiveIndex
    catalogue: Catalogue
    delta: Delta

    @property
    def excluded(self) -> list[str]:
        """Stored fields that need not be read."""
        return [] if self.delta.same_model else list(self.old.model["templates"])

    def read(self, identity: str, source: Mapping[str, Any]) -> Carried:
        """Take a document apart.

        Args:
            identity: its `_id`.
            source: its `_source`, without what `excluded` names.
        """
        state = source["connector"]
        versions = state["versions"]
        writes = [
            Write(self._change(identity, group, versions[group], source))
            for group in self.catalogue.groups
            if group in versions and group != PRODUCT
        ]
        if PRODUCT not in versions:
            return Carried(None, writes)
        if state["deleted"]:
            gone = ProductChange(identity, PRODUCT, versions[PRODUCT], None)
            return Carried(None, [Write(gone), *writes])
        change = self._change(identity, PRODUCT, versions[PRODUCT], source)
        assert change.fields is not None  # noqa: S101 - a delete has gone its way above
        texts = texts_of(self.catalogue_templates, change.fields)
        return Carried(Product(change, texts, dict(self._known(source))), writes)

    @property
    def catalogue_templates(self) -> dict[str, str]:
        """Text template by vector field of the new index."""
        return {name: spec.text for name, spec in self.catalogue.vectors.items()}

    def _change(
        self, identity: str, group: str, version: int, source: Mapping[str, Any]
    ) -> ProductChange:
        fields = {name: source[name] for name in self.catalogue.owned(group) if name in source}
        return ProductChange(identity, group, version, fields)

    def _known(self, source: Mapping[str, Any]) -> Iterator[tuple[str, Vector | None]]:
        """Yield text and vector where the stored vectors are those of the stored fields."""
        state, old = source["connector"], self.old.model
        whole = (state.get("state"), state.get("model")) == ("embedded", old["fingerprint"])
        if not whole or not self.delta.same_model:
            return
        texts = texts_of(old["templates"], source)
        if hash_of(texts) != state.get("text_hash"):
            return
        for name, text in texts.items():
            vector = source.get(name)
            yield text, None if vector is None else np.asarray(vector, np.float32)
