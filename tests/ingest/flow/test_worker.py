"""The worker from end to end, on real servers."""

import json
import time
from itertools import pairwise

import pytest
from plugins.ingest_shop import Shop

from connector.errors import ClusterRefusedError, MappingMismatchError, ModelMismatchError
from ingest.flow import worker
from mappings.catalogue import Catalogue

pytestmark = pytest.mark.server


def product(identity: str, version: object = 1, title: str = "red shoe", **more: object) -> object:
    return {"id": identity, "v": version, "title": title, **more}


BAD = [
    ("InvalidUtf8", "b1", b'{"id": "b1", "v": 1, "title": "\xff"}'),
    ("InvalidJson", "b2", b'{"id": "b2", "v": 1, "title": '),
    ("WrongType", "b3", product("b3", stock="many")),
    ("MissingId", "b4", {"v": 1, "title": "x"}),
    ("UnknownField", "b5", product("b5", colour="red")),
    ("NullKey", None, product("b6")),
    ("OversizeRecord", "b7", product("b7", title="x" * 1_000_001)),
    ("LoneSurrogate", "b8", b'{"id": "b8", "v": 1, "title": "\\ud83d"}'),
    ("InvalidJson", "b9", b'{"id": "b9", "v": 1, "stock": NaN}'),
    ("NotAnObject", "b10", [1, 2]),
    ("IdMismatch", "b11", product("other")),
    ("BadVersion", "b12", product("b12", "yesterday")),
    ("InvalidUtf8", b"\xff", product("b13")),
    ("OutOfRange", "b14", product("b14", stock=2**70)),
]


@pytest.mark.parametrize(("error_class", "key", "value"), BAD, ids=[bad[0] for bad in BAD])
def test_a_bad_record_is_parked_and_its_neighbours_are_written(
    shop: Shop, error_class: str, key: object, value: object
) -> None:
    """One dead letter says where, what and why; offsets move on past it."""
    shop.send(("g1", product("g1")), (key, value), ("g2", product("g2")))
    summary = shop.ingest()
    assert (summary["embedded"], summary["dead_letters"]) == (2, 1)
    assert shop.documents().keys() == {"g1", "g2"}
    [letter] = shop.letters()
    assert (letter["topic"], letter["partition"], letter["offset"]) == (shop.topic, 0, 1)
    assert letter["error_class"] == error_class
    assert letter["reason"]
    assert (letter["catalogue"], letter["index"]) == (shop.catalogue.name, shop.index)
    if isinstance(key, bytes):
        assert letter["key_base64"] == "/w=="
    else:
        assert letter["key"] == key
    assert shop.committed() == 3


def test_free_memory_goes_back_while_the_worker_works(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Now and then, from its own loop."""
    given: list[float] = []
    monkeypatch.setattr(worker, "GIVE_BACK_EVERY_S", 0.01)
    monkeypatch.setattr(worker, "give_back", lambda: given.append(time.monotonic()))
    shop.send(("g1", product("g1")))
    shop.ingest()
    assert len(given) > 1
    assert all(later - one >= 0.01 for one, later in pairwise(given))


def test_what_the_cluster_rejects_is_parked_with_its_own_words(shop: Shop) -> None:
    """A mapping that was narrowed by hand: the record that does not fit says so."""
    definition = shop.client.indices.get(index=shop.index)[shop.index]
    definition["mappings"]["properties"]["stock"]["type"] = "integer"
    knn = {"index.knn": True, "analysis": definition["settings"]["index"]["analysis"]}
    body = {"settings": knn, "mappings": definition["mappings"], "aliases": definition["aliases"]}
    shop.client.indices.delete(index=shop.index)
    shop.client.indices.create(index=shop.index, body=body)
    shop.send(("1", product("1", stock=2**40)), ("2", product("2", stock=2)))
    assert shop.ingest()["dead_letters"] == 1
    [letter] = shop.letters()
    assert letter["error_class"] == "Rejected"
    assert "stock" in letter["reason"]
    assert shop.documents().keys() == {"2"}


def test_reading_the_topic_again_changes_nothing(shop: Shop) -> None:
    """From the first record on, deletes and all: no text is embedded, no document is touched."""
    shop.send(
        ("1", product("1", "2026-01-01T00:00:00Z")),
        ("2", product("2", "2026-01-01T00:00:00Z", "blue hat")),
        ("1", product("1", "2026-01-02T00:00:00Z", "green shoe")),
        ("2", None),
        ("3", product("3", "2026-01-01T00:00:00Z", "hat")),
    )
    shop.ingest()
    before = shop.documents()
    summary = shop.ingest(from_beginning=True)
    assert (summary["records"], summary["stale"], summary["encoder_texts"]) == (5, 5, 0)
    assert shop.documents() == before


def test_a_product_is_deleted_and_created_again(shop: Shop) -> None:
    """Tombstones go by the record's time, which compares with a field that holds a time."""
    shop.send(("1", product("1", "2026-01-01T00:00:00Z")))
    shop.send(("1", None))
    shop.ingest()
    assert shop.documents()["1"]["connector"]["deleted"]
    shop.send(("1", product("1", "2199-01-01T00:00:00Z", "new shoe")))
    shop.ingest()
    document = shop.documents()["1"]
    assert (document["title"], document["connector"]["deleted"]) == ("new shoe", False)


def test_a_counter_and_a_tombstone_in_one_batch_lose_no_product(shop: Shop) -> None:
    """The tombstone alone is parked: what cannot be compared with it stands."""
    shop.send(("1", product("1", 4)), ("1", None), ("1", product("1", 5, "hat")))
    summary = shop.ingest()
    assert (summary["dead_letters"], shop.documents()["1"]["title"]) == (1, "hat")


def test_a_tombstone_that_cannot_be_compared_is_parked(shop: Shop) -> None:
    """A counter as version and a tombstone without one: nothing is guessed, nothing deleted."""
    shop.send(("1", product("1", 4)))
    shop.ingest()
    shop.send(("1", None), ("unknown", None))
    assert shop.ingest()["dead_letters"] == 1
    assert shop.letters()[0]["error_class"] == "BadVersion"
    assert shop.documents().keys() == {"1"}


def test_a_worker_without_a_place_in_the_group_hands_nothing_over(shop: Shop) -> None:
    """Caught up before it has joined, it ends at once."""
    shop.send(("1", {"id": "1", "v": 1, "title": "shoe"}))
    assert shop.ingest()["records"] == 1
    assert "rebalances" not in {name for name, count in shop.ingest().items() if count}


def test_an_empty_topic_is_caught_up_at_once(shop: Shop) -> None:
    """A script need not know whether there is anything to do."""
    assert shop.ingest()["records"] == 0


@pytest.mark.parametrize("shop", [{"version": "@offset", "ignore": ["v"]}], indirect=True)
def test_offset_versions_order_by_arrival(shop: Shop) -> None:
    """Under @offset the last record wins, and a tombstone needs nothing else."""
    shop.send(("1", product("1")), ("1", None), ("1", product("1", title="hat")))
    shop.send(("2", product("2")), ("2", None))
    shop.ingest()
    documents = shop.documents()
    assert documents["1"]["connector"]["versions"] == {"product": 2}
    assert documents["2"]["connector"]["deleted"]


@pytest.mark.parametrize("shop", [{"format": "debezium", "version": "source.lsn"}], indirect=True)
def test_a_debezium_stream_becomes_documents(shop: Shop) -> None:
    """Snapshot, update, delete and the tombstone behind it, as the connector sends them."""

    def event(op: str, lsn: int, before: object, after: object) -> object:
        return {"op": op, "before": before, "after": after, "source": {"lsn": lsn}}

    keys = [json.dumps({"id": identity}) for identity in (1, 2)]
    shop.send(
        (keys[0], event("r", 1, None, {"id": 1, "title": "red shoe"})),
        (keys[1], event("c", 2, None, {"id": 2, "title": "blue hat"})),
        (keys[0], event("u", 3, {"id": 1}, {"id": 1, "title": "green shoe"})),
        (keys[1], event("d", 4, {"id": 2}, None)),
        (keys[1], None),
    )
    summary = shop.ingest()
    assert (summary["dead_letters"], summary["ignored"]) == (0, 1)
    documents = shop.documents()
    assert documents["1"]["title"] == "green shoe"
    assert documents["2"]["connector"]["state"] == "deleted"


def test_a_blocked_index_stops_the_worker_and_parks_nothing(shop: Shop) -> None:
    """Records are not to blame: offsets stay, and the next run does the work."""
    shop.send(("1", product("1")))
    shop.client.indices.put_settings(index=shop.index, body={"index.blocks.write": True})
    with pytest.raises(ClusterRefusedError, match="nothing was lost"):
        shop.ingest()
    assert shop.committed() is None
    assert shop.letters() == []
    shop.client.indices.put_settings(index=shop.index, body={"index.blocks.write": None})
    assert shop.ingest()["embedded"] == 1


def test_another_catalogue_than_the_index_was_built_from_is_refused(shop: Shop) -> None:
    """A field more or less would end as rejected documents; better to say so at the start."""
    described = shop.catalogue.model_dump()
    del described["fields"]["stock"]
    shop.catalogue = Catalogue.model_validate(described)
    with pytest.raises(MappingMismatchError, match="connector mappings diff"):
        shop.ingest()


def test_another_model_than_the_index_was_built_with_is_refused(shop: Shop) -> None:
    """Vectors of two models never meet in one index."""
    model = shop.catalogue.model.model_copy(update={"document_prompt": "passage: "})
    shop.catalogue = shop.catalogue.model_copy(update={"model": model})
    with pytest.raises(ModelMismatchError, match="document_prompt"):
        shop.ingest()
