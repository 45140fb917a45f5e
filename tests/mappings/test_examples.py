import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks.lines import lines
from mappings.catalogue import PRODUCT, Catalogue, read
from mappings.document import shape

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("CONNECTOR_DATA", ROOT.parent / "shared" / "data"))


def _records(file: Path) -> Iterator[dict[str, Any]]:
    yield from map(orjson.loads, lines(file))


def _shaped(catalogue: Catalogue, file: Path) -> dict[str, dict[str, Any]]:
    """Return the stored fields of every product by id; any dead letter fails the test."""
    return {
        record[catalogue.source.id]: shape(record, catalogue, PRODUCT) for record in _records(file)
    }


@pytest.mark.parametrize("shop", ["shop", "shop_zh"])
def test_shops(shop: str) -> None:
    """Every product of the example shops is stored whole, and every field is used by some."""
    folder = ROOT / "examples" / shop
    catalogue = read(folder / "catalogue.toml")
    products = _shaped(catalogue, folder / "products.jsonl")
    assert all(fields["title"] for fields in products.values())
    assert {name for fields in products.values() for name in fields} == set(catalogue.fields)


@pytest.mark.data
@pytest.mark.parametrize(("name", "count"), [("esci", 6764), ("icecat", 19406)])
def test_real_catalogues(name: str, count: int) -> None:
    """Every product of the real catalogues is stored whole, as it comes."""
    file = DATA / name / "products.jsonl.gz"
    if not file.is_file():
        pytest.skip(f"no {file}; set CONNECTOR_DATA")
    catalogue = read(ROOT / "examples" / f"{name}.toml")
    products = _shaped(catalogue, file)
    assert len(products) == count
    assert all(fields["title"] for fields in products.values())
    assert {name for fields in products.values() for name in fields} == set(catalogue.fields)


@pytest.mark.data
def test_icecat_product() -> None:
    """Icecat's cents become dollars, its starred names attributes, its supplier the brand."""
    file = DATA / "icecat" / "products.jsonl.gz"
    if not file.is_file():
        pytest.skip(f"no {file}; set CONNECTOR_DATA")
    catalogue = read(ROOT / "examples" / "icecat.toml")
    fields = shape(next(_records(file)), catalogue, PRODUCT)
    assert fields["price"] == 49.95
    assert fields["brand"] == "Xerox"
    assert "printing colours: Black" in fields["attributes"]
    assert fields["date_released"] == "2009-12-10T00:00:00.000Z"
