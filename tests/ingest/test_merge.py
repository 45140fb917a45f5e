"""Planning and merging against a real index."""

import random
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from plugins.ingest_shop import Shop

from connector.encoder import Encoder, Tokens
from ingest.change import ProductChange
from ingest.embedder import Embedder
from ingest.flow.batch import Batch, Steps
from ingest.flow.mend import Mender
from ingest.flow.tally import Tally
from ingest.metrics import Metrics
from ingest.run import now, steps_of
from ingest.target import Target, open_target
from ingest.vector_cache import Vector, VectorCache
from ingest.write.item import Write
from ingest.write.outcome import Outcome
from ingest.write.patience import Patience
from ingest.write.writer import Writer
from mappings.sketch import sketch

pytestmark = pytest.mark.server


class NoLetters:
    """Nothing is parked here: every change of these tests can be written."""

    def park(self, letters: Sequence[Any], /) -> None:
        """Refuse every letter."""
        assert not letters


@pytest.fixture
def target(shop: Shop) -> Target:
    return open_target(shop.client, shop.catalogue)


@pytest.fixture
def steps(shop: Shop, target: Target) -> Steps:
    """Without remembered vectors: the model's work shows what was planned."""
    encoder = shop.settings.encoder.model_copy(update={"cache_bytes": 0})
    settings = shop.settings.model_copy(update={"encoder": encoder})
    return steps_of(settings, target, NoLetters(), Metrics(), threading.Event())


def product(
    version: int, title: str = "red shoe", identity: str = "1", **more: Any
) -> ProductChange:
    return ProductChange(identity, "product", version, {"title": title, **more})


def price(version: int, value: float) -> ProductChange:
    return ProductChange("1", "price", version, {"price": value})


def delete(version: int) -> ProductChange:
    return ProductChange("1", "product", version, None)


def merge(steps: Steps, *changes: ProductChange) -> dict[str, int]:
    return dict(sent(steps, Batch(changes=lambda: changes)))


def sent(steps: Steps, batch: Batch) -> Tally:
    """Send a batch all the way; return what became of it."""
    for step in (steps.plan, steps.embed, steps.write):
        step(batch)
    return batch.tally


def test_a_newer_version_wins_in_whatever_order_they_come(shop: Shop, steps: Steps) -> None:
    """An update that was overtaken changes nothing, not even the time of indexing."""
    merge(steps, product(5, "blue shoe"))
    before = shop.documents()
    assert merge(steps, product(4, "old shoe")).get("stale") == 1
    assert shop.documents() == before


def test_of_one_batch_only_the_newest_change_is_embedded(shop: Shop, steps: Steps) -> None:
    """Older changes of the same product in the same batch cost the model nothing."""
    counts = merge(steps, product(1, "a"), product(3, "c"), product(2, "b"))
    assert (counts["stale"], counts["encoder_texts"]) == (2, 1)
    assert shop.documents()["1"]["title"] == "c"


def test_fields_that_a_product_no_longer_has_are_dropped(shop: Shop, steps: Steps) -> None:
    """A change is the whole of what its stream knows, and leaves other streams' fields alone."""
    merge(steps, product(1, body="leather", stock=3), price(1, 9.5))
    merge(steps, product(2, stock=4))
    document = shop.documents()["1"]
    assert (document["stock"], document["price"]) == (4, 9.5)
    assert "body" not in document


def test_an_unchanged_text_keeps_its_vectors(shop: Shop, steps: Steps) -> None:
    """A new stock figure sends nothing to the model and leaves the vectors as they are."""
    merge(steps, product(1, stock=3))
    before = shop.documents()["1"]
    counts = merge(steps, product(2, stock=4))
    after = shop.documents()["1"]
    assert counts.get("encoder_texts", 0) == 0
    assert after["stock"] == 4
    assert after["title_vector"] == before["title_vector"]


def test_a_sketch_is_written_with_the_vectors(shop: Shop, steps: Steps) -> None:
    """Of all the product's vectors; a new text brings a new one."""
    merge(steps, product(1))
    first = shop.documents()["1"]
    assert first["connector"]["sketch"] == sketched(first)
    merge(steps, product(2, "blue hat"))
    second = shop.documents()["1"]
    assert second["connector"]["sketch"] == sketched(second) != sketched(first)


def test_an_unchanged_text_keeps_its_sketch(shop: Shop, steps: Steps) -> None:
    """As it keeps its vectors; so does a change of another stream."""
    merge(steps, product(1, stock=3))
    before = shop.documents()["1"]["connector"]["sketch"]
    merge(steps, product(2, stock=4), price(1, 9.5))
    assert shop.documents()["1"]["connector"]["sketch"] == before


def test_a_sketch_goes_where_the_vectors_go(shop: Shop, steps: Steps) -> None:
    """A deleted product has none, nor one whose text became empty."""
    merge(steps, product(1), product(1, identity="2"))
    merge(steps, delete(2), ProductChange("2", "product", 2, {"stock": 3}))
    for document in shop.documents().values():
        assert "sketch" not in document["connector"]
    merge(steps, product(3))
    brought_back = shop.documents()["1"]
    assert brought_back["connector"]["sketch"] == sketched(brought_back)


def test_a_price_waits_hidden_for_its_product(shop: Shop, steps: Steps) -> None:
    """Streams share a document, each with versions of its own."""
    merge(steps, price(7, 9.5))
    waiting = shop.documents()["1"]["connector"]
    assert (waiting["deleted"], waiting["state"]) == (True, "pending")
    merge(steps, product(1))
    document = shop.documents()["1"]
    assert document["price"] == 9.5
    assert document["connector"]["versions"] == {"price": 7, "product": 1}
    assert (document["connector"]["deleted"], document["connector"]["state"]) == (False, "embedded")


def test_a_tombstone_keeps_versions_and_other_streams_only(shop: Shop, steps: Steps) -> None:
    """What was deleted is not found, and an older update cannot bring it back."""
    merge(steps, product(1, stock=3), price(1, 9.5))
    merge(steps, delete(5))
    merge(steps, product(4))
    document = shop.documents()["1"]
    assert document.keys() == {"price", "connector"}
    kept = document["connector"]
    assert kept.keys() == {"id", "versions", "deleted", "state", "indexed_at"}
    assert (kept["versions"]["product"], kept["deleted"], kept["state"]) == (5, True, "deleted")
    found = shop.client.count(index=shop.catalogue.name)["count"]
    assert found == 0


def test_a_deleted_product_can_be_created_again(shop: Shop, steps: Steps) -> None:
    """A newer update after a tombstone brings text and vectors back, and keeps the price."""
    merge(steps, product(1), price(1, 9.5))
    merge(steps, delete(2))
    assert merge(steps, product(3))["encoder_texts"] == 1
    document = shop.documents()["1"]
    assert (document["title"], document["price"]) == ("red shoe", 9.5)
    assert not document["connector"]["deleted"]
    assert len(document["title_vector"]) == 32


def test_a_text_that_moved_between_plan_and_write_is_planned_again(
    shop: Shop, steps: Steps
) -> None:
    """Another writer's text in between must not keep the vectors of this one's."""
    merge(steps, product(1, "red shoe"))
    batch = Batch()
    steps._plan([product(3, "red shoe", stock=1)], batch)
    steps.embed(batch)
    assert batch.writes[0].vectors is None
    merge(steps, product(2, "blue hat"))
    steps.write(batch)
    counts = batch.tally
    assert (counts["mended"], counts["encoder_texts"]) == (1, 1)
    document = shop.documents()["1"]
    assert_allclose(document["title_vector"], vector_of(shop, "red shoe"), atol=1e-3)


def test_a_write_without_vectors_is_refused_where_the_text_is_another(
    target: Target, steps: Steps
) -> None:
    """The script itself says so, inside the shard."""
    merge(steps, product(1))
    writer = Writer(
        target, 10_000_000, Patience(0, 1, 1, lambda _: None, random.random), now, Metrics()
    )
    [result] = writer.write([Write(product(2, "blue"), "embedded", "another hash", None)])
    assert result.outcome is Outcome.REPLAN


def test_an_equal_version_is_the_same_change(shop: Shop, target: Target, steps: Steps) -> None:
    """The script alone, without a plan before it, takes no second change of one version."""
    merge(steps, product(2))
    before = shop.documents()
    writer = Writer(
        target, 10_000_000, Patience(0, 1, 1, lambda _: None, random.random), now, Metrics()
    )
    [again, older] = writer.write([Write(product(2, "hat"), "failed"), Write(delete(1))])
    assert (again.outcome, older.outcome) == (Outcome.STALE, Outcome.STALE)
    assert shop.documents() == before


def test_a_failing_model_loses_no_product(shop: Shop, target: Target, steps: Steps) -> None:
    """It is found by its words at once, and gets its vectors when the model is well again."""

    class Failing:
        budget = 4096

        def tokenise(self, texts: Sequence[str]) -> Tokens:
            return well.tokenise(texts)

        def encode(self, tokens: Tokens) -> Vector:
            raise RuntimeError(f"CUDA out of memory with {len(tokens)} texts")

    merge(steps, product(1), product(1, "hat", "2"))
    well = steps.embedder._encoder
    failing = Embedder(Failing, VectorCache(0))
    merge(replace(steps, embedder=failing), product(2, "blue shoe"))
    failed = shop.documents()["1"]
    assert failed["connector"]["state"] == "failed"
    assert "title_vector" not in failed
    assert "sketch" not in failed["connector"]
    mender = Mender(target, 10)
    assert sent(steps, Batch(changes=mender.find))["mended"] == 1
    mended = shop.documents()["1"]
    assert mended["connector"]["state"] == "embedded"
    assert mended["connector"]["versions"] == {"product": 2}
    assert mended["connector"]["sketch"] == sketched(mended)
    assert_allclose(mended["title_vector"], vector_of(shop, "blue shoe"), atol=1e-3)
    assert sent(steps, Batch(changes=mender.find))["encoder_texts"] == 0


def test_a_stale_mending_changes_nothing(shop: Shop, steps: Steps) -> None:
    """An embedded document takes no second vector for the version it has."""
    merge(steps, product(2, "blue shoe"))
    before = shop.documents()
    assert merge(steps, product(2, "blue shoe"))["stale"] == 1
    assert shop.documents() == before


def test_an_empty_text_has_no_vector(shop: Shop, steps: Steps) -> None:
    """A vector of nothing would be near everything."""
    merge(steps, ProductChange("1", "product", 1, {"stock": 3}))
    document = shop.documents()["1"]
    assert not {"title_vector", "body_vector"} & document.keys()
    assert document["connector"]["state"] == "embedded"


def test_requests_stay_under_their_size(shop: Shop, target: Target, steps: Steps) -> None:
    """Many small requests write the same as one large one."""
    steps.sink = Writer(
        target, 10_000, Patience(0, 1, 1, lambda _: None, random.random), now, Metrics()
    )
    merge(steps, *(product(1, f"shoe {n}", str(n)) for n in range(30)))
    assert {d["title"] for d in shop.documents().values()} == {f"shoe {n}" for n in range(30)}


def sketched(document: dict[str, Any]) -> str:
    """Return the sketch of the vectors that a document holds."""
    return sketch(
        [np.array(document[name], np.float32) for name in ("title_vector", "body_vector")]
    )


def vector_of(shop: Shop, text: str) -> Vector:
    from mappings.contract import contract_of

    encoder = Encoder.load(contract_of(shop.catalogue).identity, shop.settings.encoder)
    vector: Vector = encoder.encode_documents([text])[0]
    assert vector.dtype == np.float32
    return vector
