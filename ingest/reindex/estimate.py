"""What a reindex would change and take, by a sample that is read and embedded, not written."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from opensearchpy import OpenSearch

from connector.cluster import faults
from connector.encoder import Encoder
from connector.settings import Settings
from ingest.reindex.begin import Proposal, lines, propose
from ingest.reindex.documents import Product, Reader
from ingest.reindex.ledger import Ledger
from mappings.catalogue import Catalogue
from mappings.contract import contract_of
from mappings.index import ALIVE


@dataclass(frozen=True)
class Estimate:
    """What would be done, and what it would take.

    Attributes:
        proposal: what changes.
        source: what the new index would be filled from.
        documents: of the old index, tombstones and other streams' included.
        products: of these, what a search finds.
        sampled: products that were read.
        wanted: texts among theirs that would be embedded.
        copied: vectors of theirs that would be copied.
        texts_per_s: of the model here; None where nothing is to be embedded.
        bytes_there: of the old index, copies included.
        bytes_free: on the node that has the least.
    """

    proposal: Proposal
    source: str
    documents: int
    products: int
    sampled: int
    wanted: int
    copied: int
    texts_per_s: float | None
    bytes_there: int
    bytes_free: int

    @property
    def texts(self) -> int:
        """Texts to embed in all."""
        return round(self.products * self.wanted / self.sampled) if self.sampled else 0

    @property
    def device_s(self) -> float:
        """Seconds of the model."""
        return self.texts / self.texts_per_s if self.texts_per_s else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return it for scripts."""
        own = self.proposal
        return {
            "old": own.old.physical,
            "new": own.new,
            "changes": list(lines(own)),
            "missing": list(own.delta.unkept),
            "source": self.source,
            "documents": self.documents,
            "products": self.products,
            "sampled": self.sampled,
            "texts_to_embed": self.texts,
            "vectors_to_copy": self._scaled(self.copied),
            "texts_per_s": self.texts_per_s and round(self.texts_per_s, 1),
            "device_s": round(self.device_s),
            "disk_needed": self.bytes_there,
            "disk_free": self.bytes_free,
        }

    def lines(self) -> Iterator[str]:
        """Yield it as one screen."""
        own = self.proposal
        yield f"{own.old.physical} -> {own.new}, from {self.source}"
        yield from (f"  {line}" for line in lines(own))
        yield from (f"  not in {own.old.physical}: {each}" for each in own.delta.unkept)
        yield f"  documents   {self.documents:,}, of which a search finds {self.products:,}"
        pace = f", {self.texts_per_s:,.0f} a second here" if self.texts_per_s else ""
        yield f"  embed       {self.texts:,} texts, {self.device_s:,.0f} s of the model{pace}"
        yield f"  copy        {self._scaled(self.copied):,} vectors"
        yield f"  disk        {_size(self.bytes_there)} more, {_size(self.bytes_free)} free"
        yield f"  measured on {self.sampled:,} products"

    def _scaled(self, sampled: int) -> int:
        return round(self.products * sampled / self.sampled) if self.sampled else 0


def estimate(  # noqa: PLR0913, PLR0917 - where to look and how closely
    settings: Settings,
    client: OpenSearch,
    ledger: Ledger,
    catalogue: Catalogue,
    source: str,
    sample: int,
) -> Estimate:
    """Look at a reindex without doing any of it.

    Raises:
        IndexMissingError, RefusedError: see `mappings.live.open_index`.
        EncoderError: the new model cannot be loaded.
    """
    proposal = propose(client, ledger, catalogue)
    index = proposal.old.physical
    delta = proposal.delta
    # A replay of the topics copies nothing.
    if source == "log":
        delta = replace(delta, same_model=False)
    reader = Reader(proposal.old, catalogue, delta)
    products = _sample(client, reader, sample)
    wanted = [text for each in products for text in each.wanted]
    with faults(f"counting {index!r}"):
        documents = client.count(index=index)["count"]
        alive = client.count(index=index, body={"query": ALIVE})["count"]
        size = client.indices.stats(index=index, metric="store")["_all"]["total"]["store"]
        nodes = client.nodes.stats(metric="fs")["nodes"].values()
    return Estimate(
        proposal,
        source,
        documents,
        alive,
        len(products),
        len(wanted),
        sum(text in each.known for each in products for text in each.texts.values() if text),
        _pace(settings, catalogue, wanted) if wanted else None,
        size["size_in_bytes"],
        min(node["fs"]["total"]["available_in_bytes"] for node in nodes),
    )


def _sample(client: OpenSearch, reader: Reader, size: int) -> list[Product]:
    body = {
        "size": size,
        "query": {"function_score": {"query": ALIVE, "random_score": {}}},
        "_source": {"excludes": reader.excluded},
    }
    with faults(f"sampling {reader.old.physical!r}"):
        hits = client.search(index=reader.old.physical, body=body)["hits"]["hits"]
    read = (reader.read(hit["_id"], hit["_source"]).product for hit in hits)
    return [product for product in read if product is not None]


def _pace(settings: Settings, catalogue: Catalogue, texts: Sequence[str]) -> float:
    """Return texts per second of the catalogue's model, loaded and warm."""
    encoder = Encoder.load(contract_of(catalogue).identity, settings.encoder)
    encoder.encode_documents(texts[:1])
    begun = time.perf_counter()
    encoder.encode_documents(texts)
    return len(texts) / (time.perf_counter() - begun)


def _size(number: float) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if number < 1000:  # noqa: PLR2004 - of the unit
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"
