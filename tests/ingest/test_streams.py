from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from plugins.ingest_shop import Shop

pytestmark = pytest.mark.server

PRICES = {"streams": {"price": {"topic": f"t-price-{uuid4().hex[:8]}", "version": "v"}}}
with_prices = pytest.mark.parametrize("shop", [PRICES], indirect=True)


def lamp(version: int, **more: Any) -> tuple[str, dict[str, Any]]:
    return "1", {"id": "1", "v": version, "title": "Lamp", "body": "Brass", **more}


def price(version: int, value: float) -> tuple[str, dict[str, Any]]:
    return "1", {"id": "1", "v": version, "price": value}


@pytest.fixture
def shop(shop: Shop) -> Iterator[Shop]:
    """The price topic is deleted with the test: the next one begins with an empty one."""
    yield shop
    shop.drop_topic("price")


@with_prices
def test_a_price_waits_hidden_for_its_product(shop: Shop) -> None:
    """Nobody finds it before the product comes, and then it is there."""
    shop.send(price(7, 9.5), stream="price")
    shop.ingest()
    waiting = shop.documents()["1"]
    assert (waiting["price"], waiting["connector"]["deleted"]) == (9.5, True)
    assert shop.client.count(index=shop.catalogue.name)["count"] == 0
    shop.send(lamp(1))
    shop.ingest()
    there = shop.documents()["1"]
    assert (there["title"], there["price"], there["connector"]["deleted"]) == ("Lamp", 9.5, False)
    assert there["connector"]["versions"] == {"price": 7, "product": 1}


@with_prices
def test_a_stream_of_its_own_never_touches_the_encoder(shop: Shop) -> None:
    """Nor does a product update that leaves the embedded text alone; neither loses the other."""
    shop.send(lamp(1, stock=3))
    assert shop.ingest()["encoder_texts"] == 2
    shop.send(price(1, 9.5), price(2, 8.5), stream="price")
    shop.send(lamp(2, stock=2))
    summary = shop.ingest()
    assert (summary["encoder_texts"], summary["embedded"]) == (0, 0)
    there = shop.documents()["1"]
    assert (there["price"], there["stock"], there["connector"]["state"]) == (8.5, 2, "embedded")
    assert len(there["title_vector"]) > 0


@with_prices
def test_each_stream_has_an_order_of_its_own(shop: Shop) -> None:
    """A stale price changes nothing, however new the product is; a tombstone takes the price only."""
    shop.send(lamp(100))
    shop.send(price(5, 9.5), price(4, 1.0), stream="price")
    shop.ingest()
    assert shop.documents()["1"]["price"] == 9.5
    shop.send(("1", None), stream="price", timestamp_ms=1)
    shop.ingest()
    assert [letter["error_class"] for letter in shop.letters()] == []


@with_prices
def test_a_deleted_product_keeps_the_order_of_its_price(shop: Shop) -> None:
    """It comes back with the newest price, not with the one it had."""
    shop.send(lamp(1_790_000_000_000_000))
    shop.send(price(5, 9.5), stream="price")
    shop.ingest()
    shop.send(("1", None))
    shop.send(price(6, 8.5), stream="price")
    shop.ingest()
    assert shop.documents()["1"]["connector"]["deleted"] is True
    shop.send(lamp(1_990_000_000_000_000))
    shop.ingest()
    there = shop.documents()["1"]
    assert (there["price"], there["connector"]["deleted"]) == (8.5, False)


@with_prices
def test_reading_again_reads_every_topic(shop: Shop) -> None:
    """Of all streams, from their first records; nothing changes and nothing is embedded."""
    shop.send(lamp(1), lamp(2, stock=4))
    shop.send(price(1, 9.5), price(2, 8.5), stream="price")
    shop.ingest()
    before = shop.documents()
    summary = shop.ingest(from_beginning=True)
    assert (summary["records"], summary["stale"], summary["encoder_texts"]) == (4, 4, 0)
    assert shop.documents() == before
