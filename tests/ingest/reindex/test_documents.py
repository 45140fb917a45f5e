from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plugins.ingest_shop import describe

from ingest.reindex.delta import delta
from ingest.reindex.documents import Reader
from ingest.text import hash_of, texts_of
from mappings.catalogue import Catalogue
from mappings.contract import contract_of
from mappings.index import mappings_of
from mappings.live import LiveIndex


@pytest.fixture
def old(tiny_model: Path) -> Catalogue:
    """The catalogue of the old index."""
    return describe("shop", "shop", str(tiny_model))


def reader(old: Catalogue, **values: Any) -> Reader:
    new = Catalogue.model_validate(old.model_dump() | values)
    live = LiveIndex("shop", "shop-v1", mappings_of(old, contract_of(old)), {}, {})
    return Reader(live, new, delta(live, new, contract_of(new)))


def stored(old: Catalogue, **state: Any) -> dict[str, Any]:
    """Return a lamp as the old index keeps it."""
    fields = {"title": "lamp", "body": "brass", "stock": 3}
    contract = contract_of(old)
    texts = texts_of(contract.templates, fields)
    own = {
        "versions": {"product": 7, "price": 5},
        "deleted": False,
        "state": "embedded",
        "model": contract.fingerprint,
        "text_hash": hash_of(texts),
    }
    vectors = {"title_vector": [1.0, 0.0], "body_vector": [0.0, 1.0]}
    return {**fields, **vectors, "price": 9.5, "connector": {**own, **state}}


def test_each_stream_comes_with_its_own_version(old: Catalogue) -> None:
    """The product's fields with the product's, the price with the price's; vectors stay apart."""
    found = reader(old).read("1", stored(old))
    assert found.product is not None
    change = found.product.change
    assert (change.version, change.fields) == (7, {"title": "lamp", "body": "brass", "stock": 3})
    (price,) = found.writes
    assert (price.change.group, price.change.version) == ("price", 5)
    assert price.change.fields == {"price": 9.5}
    assert found.product.wanted == []
    assert np.array_equal(found.product.known["lamp"], np.array([1.0, 0.0], np.float32))


def test_a_tombstone_stays_one_and_a_price_may_wait_for_its_product(old: Catalogue) -> None:
    """A delete keeps its version, so that no older change resurrects the product."""
    gone = reader(old).read("1", stored(old, deleted=True, state="deleted"))
    assert gone.product is None
    tombstone, price = (write.change for write in gone.writes)
    assert (tombstone.group, tombstone.version, tombstone.fields) == ("product", 7, None)
    assert (price.group, price.fields) == ("price", {"price": 9.5})
    waiting = {"price": 9.5, "connector": {"versions": {"price": 5}, "deleted": True}}
    early = reader(old).read("2", waiting)
    assert (early.product, [write.change.group for write in early.writes]) == (None, ["price"])


@pytest.mark.parametrize("state", [{"state": "failed"}, {"model": "other"}, {"text_hash": "0"}])
def test_vectors_that_are_not_surely_the_texts_own_are_computed(
    old: Catalogue, state: dict[str, str]
) -> None:
    """Of a failed product, of another model, of another text: none of them is copied."""
    found = reader(old).read("1", stored(old, **state))
    assert found.product is not None
    assert found.product.wanted == ["lamp brass", "lamp"]


def test_a_renamed_vector_field_takes_its_vector_along(old: Catalogue) -> None:
    """The text decides, not the field's name; a text that is new is wanted."""
    vectors = {"name_vector": {"text": "{title}"}, "all_vector": {"text": "{body} {title}"}}
    found = reader(old, vectors=vectors).read("1", stored(old))
    assert found.product is not None
    assert found.product.wanted == ["brass lamp"]


def test_vectors_of_another_model_are_not_even_read(old: Catalogue) -> None:
    """They would be most of the bytes."""
    prompted = {"name": old.model.name, "document_prompt": "p: "}
    assert reader(old, model=prompted).excluded == ["title_vector", "body_vector"]
    assert reader(old).excluded == []
