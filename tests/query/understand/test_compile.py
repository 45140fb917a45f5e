import random

import pytest
from plugins.query_shop import Shop
from plugins.shelf import catalogue, titled

from connector.cluster import connect
from query.engine import Engine
from query.understand.compile import compiled, mine, read_fields


def test_words_are_counted_once_a_product() -> None:
    """Titles and all searched text are counted apart, each product once."""
    documents = [{"title": "Red red mug", "description": "A mug. Crème."}, {"title": "Mugs"}]
    lexicon = compiled(documents, catalogue())
    assert lexicon.products == 2
    assert lexicon.titles == {"red": 1, "mug": 1, "mugs": 1}
    assert lexicon.texts == {"red": 1, "mug": 1, "mugs": 1, "a": 1, "creme": 1}


def test_values_know_how_titles_use_them() -> None:
    """A value counts the products that have it, the titles that name it, and those that do both."""
    documents = [
        *titled("Apple phone", brand="Apple"),
        *titled("Apple juice", brand="Innocent"),
        *titled("Phone", brand="Apple", times=1),
    ]
    (apple,) = compiled(documents, catalogue()).named["apple"]
    assert (apple.kind, apple.field, apple.text) == ("brand", "brand", "Apple")
    assert (apple.products, apple.titled, apple.both) == (4, 6, 3)


def test_attributes_are_told_by_their_names() -> None:
    """A line of an attribute is a value when its name is of a kind; the line is kept as it is."""
    lines = ["product colour: Black, Cyan", "weight: 2 kg", "材质: 100%棉", "size: 15.6"]
    values = compiled([{"title": "x", "specs": lines}], catalogue()).values
    assert {(value.kind, value.form, value.text) for value in values} == {
        ("colour", "black cyan", "product colour: Black, Cyan"),
        ("colour", "black", "product colour: Black, Cyan"),
        ("colour", "cyan", "product colour: Black, Cyan"),
        ("material", "棉", "材质: 100%棉"),
    }


def test_the_order_of_documents_changes_nothing() -> None:
    """The same documents in another order make the same lexicon."""
    documents = [
        {"title": f"{kind} {number % 3}", "brand": kind.upper(), "category": ["A", kind]}
        for kind in ("mug", "pot")
        for number in range(20)
    ]
    shuffled = random.Random(1).sample(documents, len(documents))
    assert compiled(documents, catalogue()) == compiled(shuffled, catalogue())


def test_only_what_is_needed_is_read() -> None:
    """Neither vectors nor fields without words, values or prices are asked for."""
    assert set(read_fields(catalogue())) == set(catalogue().fields)
    assert "title_vector" not in read_fields(catalogue())


@pytest.mark.server
def test_a_live_index_is_mined_by_a_reader(shop: Shop) -> None:
    """A reader may mine the index; deleted products are left out."""
    client = connect(shop.settings.opensearch)
    try:
        engine = Engine(client, shop.alias, shop.settings.opensearch.url)
        mined = mine(engine, shop.catalogue)
        sampled = list(engine.scan({"includes": ["title"]}, 48))
        had = [engine.has(word) for word in ("Jackets", "velvet", "submarine")]
    finally:
        client.close()
    living = [one for one in shop.documents.values() if not one["connector"]["deleted"]]
    assert mined == compiled(living, shop.catalogue)
    assert 24 < len(sampled) < 72
    # Velvet stands in deleted products alone.
    assert had == [True, False, False]


@pytest.mark.server
def test_a_large_index_is_mined_from_a_sample(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more products than are read, a random part is, and the lexicon says so."""
    monkeypatch.setattr("query.understand.compile.MOST_PRODUCTS", 48)
    client = connect(shop.settings.opensearch)
    try:
        mined = mine(Engine(client, shop.alias, shop.settings.opensearch.url), shop.catalogue)
    finally:
        client.close()
    assert mined.sampled
    assert 24 < mined.products < 72
