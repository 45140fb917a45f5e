"""Two indices of one catalogue, filled as a worker fills them, for the gates between them."""

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch

from connector.encoder import Encoder
from connector.settings import EncoderSettings, Settings
from ingest.change import ProductChange
from ingest.metrics import Metrics
from ingest.target import Target
from ingest.text import hash_of, texts_of
from ingest.write.item import Write
from ingest.write.patience import Patience
from ingest.write.writer import Writer
from mappings.apply import apply
from mappings.catalogue import Catalogue
from mappings.contract import contract_of
from mappings.gate import Crossing
from mappings.index import index_body
from mappings.live import LiveIndex, open_index

EXACT = EncoderSettings(device="cpu", dtype="float32")
COUNT = 40


def shelf() -> dict[str, dict[str, Any]]:
    """Return COUNT products by id."""
    return {f"p{n:03}": {"title": f"lamp {n}", "body": f"number {n}"} for n in range(COUNT)}


@contextmanager
def crossing(
    client: OpenSearch, settings: Settings, old: Catalogue, new: Catalogue, **more: Any
) -> Iterator[Crossing]:
    """Make both indices, empty; they are dropped afterwards."""
    try:
        apply(client, old, contract_of(old))
        second = f"{old.name}-v2"
        client.indices.create(index=second, body=index_body(new, contract_of(new)))
        exact = settings.model_copy(update={"encoder": EXACT})
        live = open_index(client, old.name)
        yield Crossing(client, exact, live, physical(client, second, old.name), **more)
    finally:
        client.indices.delete(index=f"{old.name}-v*", params={"ignore_unavailable": "true"})
        client.indices.delete_index_template(name=old.name, params={"ignore": 404})


def physical(client: OpenSearch, index: str, alias: str) -> LiveIndex:
    """Return an index that has no alias yet."""
    found = client.indices.get(index=index, params={"flat_settings": "true"})[index]
    return LiveIndex(alias, index, found["mappings"], found["settings"], {})


def put(
    side: Crossing, live: LiveIndex, products: Mapping[str, Any], version: int, model: str = ""
) -> None:
    """Merge products into one of the indices as a worker does; None is a delete.

    Args:
        side: where the indices are.
        live: one of them.
        products: fields by id.
        version: of all of them.
        model: folder of a model that is used in place of the index's own, as by a worker whose
            files were exchanged under it.
    """
    contract = contract_of(live.catalogue)
    target = Target(side.client, live.physical, live.catalogue, contract)
    patience = Patience(3, 0.1, 1.0, time.sleep, random.random)
    writer = Writer(target, 8_000_000, patience, lambda: "2026-01-01T00:00:00Z", Metrics())
    alive = {id_: fields for id_, fields in products.items() if fields is not None}
    vectors = _vectors(live.catalogue, alive, model)
    writer.write(
        [
            Write(ProductChange(id_, "product", version, None))
            if fields is None
            else _write(live.catalogue, ProductChange(id_, "product", version, fields), vectors)
            for id_, fields in products.items()
        ]
    )
    side.client.indices.refresh(index=live.physical)


def _write(
    catalogue: Catalogue, change: ProductChange, vectors: Mapping[str, Mapping[str, Any]]
) -> Write:
    texts = texts_of(_templates(catalogue), change.fields or {})
    return Write(change, "embedded", hash_of(texts), vectors[change.id])


def _vectors(
    catalogue: Catalogue, products: Mapping[str, Any], model: str
) -> dict[str, dict[str, Any]]:
    used = catalogue.model.model_copy(update={"name": model or catalogue.model.name})
    contract = contract_of(catalogue.model_copy(update={"model": used}))
    encoder = Encoder.load(contract.identity, EXACT)
    found: dict[str, dict[str, Any]] = {id_: {} for id_ in products}
    for name, template in _templates(catalogue).items():
        texts = [texts_of({name: template}, fields)[name] for fields in products.values()]
        rows = encoder.encode_documents(texts) if texts else []
        for id_, row in zip(products, rows, strict=True):
            found[id_][name] = row
    return found


def _templates(catalogue: Catalogue) -> dict[str, str]:
    return {name: spec.text for name, spec in catalogue.vectors.items()}


def folder(catalogue: Catalogue, model: Path) -> Catalogue:
    """Return a catalogue with another model."""
    return catalogue.model_copy(
        update={"model": catalogue.model.model_copy(update={"name": str(model)})}
    )
