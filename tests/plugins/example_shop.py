"""The shop in examples/ as an index that whole suites share."""

import contextlib
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import Shop, build
from plugins.servers import PREFIX

from connector.settings import Settings
from mappings.catalogue import Catalogue, read

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="session")
def example_shop(client: OpenSearch, reader: Settings, tiny_model: Path) -> Iterator[Shop]:
    """The example shop under a name of its own, with a model that is quick."""
    with opened(client, reader, tiny_model) as shop:
        yield shop


@contextlib.contextmanager
def opened(client: OpenSearch, settings: Settings, model: Path) -> Iterator[Shop]:
    """Index the example shop under a name of its own, for as long as the block lasts.

    Args:
        client: writes it.
        settings: of a user who may search it.
        model: folder of the model.
    """
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    tree = read(EXAMPLES / "shop" / "catalogue.toml").model_dump(exclude_unset=True)
    catalogue = Catalogue.model_validate({**tree, "name": name, "model": {"name": str(model)}})
    lines = (EXAMPLES / "shop" / "products.jsonl").read_text("utf-8").splitlines()
    shown = {product["sku"]: _stored(product) for product in map(json.loads, lines)}
    try:
        yield build(client, settings, catalogue, shown)
    finally:
        client.indices.delete(index=f"{name}-v1", params={"ignore_unavailable": "true"})
        client.indices.delete_index_template(name=name, params={"ignore": 404})


def _stored(product: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in product.items() if name != "sku" and value is not None}
    fields["attributes"] = [f"{name}: {value}" for name, value in product["attributes"].items()]
    return fields
