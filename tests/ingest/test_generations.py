import time
from contextlib import closing
from typing import Any

import pytest
from kafka.admin import NewPartitions
from plugins.ingest_shop import Shop

from connector import broker
from connector.errors import RefusedError, UsageError
from ingest.generations import accept, checked, look
from ingest.target import open_target
from mappings.apply import apply
from mappings.canary import canary_of, mark
from mappings.contract import contract_of
from mappings.live import open_index

pytestmark = pytest.mark.server

by_offset = pytest.mark.parametrize("shop", [{"version": "@offset"}], indirect=True)


def make_anew(shop: Shop) -> None:
    """Delete the topic and create another of its name."""
    before = look(shop.settings.kafka, [shop.topic])[shop.topic]
    with closing(broker.admin(shop.settings.kafka)) as admin:
        admin.delete_topics([shop.topic])
    deadline = time.monotonic() + 240
    while look(shop.settings.kafka, [shop.topic]).get(shop.topic, before) == before:
        assert time.monotonic() < deadline
        broker.create_topic(shop.settings.kafka, shop.topic, 1)
        time.sleep(0.2)


def add_partition(shop: Shop) -> None:
    with closing(broker.admin(shop.settings.kafka)) as admin:
        admin.create_partitions({shop.topic: NewPartitions(2)})
    deadline = time.monotonic() + 240
    while look(shop.settings.kafka, [shop.topic])[shop.topic].partitions < 2:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def titled(title: str) -> tuple[str, dict[str, str]]:
    return "1", {"id": "1", "title": title}


def title(shop: Shop) -> str:
    found: str = shop.documents()["1"]["title"]
    return found


@by_offset
def test_a_topic_made_anew_is_refused_until_it_is_accepted(shop: Shop) -> None:
    """Its offsets are lower, so its news would look stale; accepted, they are newer than all."""
    shop.send(titled("old"), titled("older"), titled("newest of the old"))
    shop.ingest()
    make_anew(shop)
    shop.send(titled("new"))
    with pytest.raises(RefusedError, match="deleted and made anew"):
        shop.ingest()
    assert title(shop) == "newest of the old"
    accept(shop.settings, shop.catalogue, [shop.topic])
    shop.ingest()
    assert title(shop) == "new"
    with pytest.raises(RefusedError, match="nothing to accept"):
        accept(shop.settings, shop.catalogue, [shop.topic])


@by_offset
def test_added_partitions_are_refused_until_they_are_accepted(shop: Shop) -> None:
    """A key that moved to a new partition is newer than where it stood before."""
    shop.send(titled("old"), titled("older"), titled("newest of the old"))
    shop.ingest()
    add_partition(shop)
    shop.send(titled("moved"), partition=1)
    with pytest.raises(RefusedError, match="has 2 partitions, 1 before"):
        shop.ingest()
    accept(shop.settings, shop.catalogue, [shop.topic])
    shop.ingest()
    assert title(shop) == "moved"
    assert shop.ingest(from_beginning=True)["stale"] == 4
    assert title(shop) == "moved"


def test_other_versions_need_no_guard(shop: Shop) -> None:
    """A version of the source's own stays right wherever its record stands."""
    shop.send(("1", {"id": "1", "v": 5, "title": "old"}))
    shop.ingest()
    add_partition(shop)
    shop.send(("1", {"id": "1", "v": 6, "title": "new"}), partition=1)
    shop.ingest()
    make_anew(shop)
    shop.send(("1", {"id": "1", "v": 4, "title": "stale"}))
    shop.ingest()
    assert title(shop) == "new"
    with pytest.raises(UsageError, match="none has"):
        accept(shop.settings, shop.catalogue, [shop.topic])


@by_offset
def test_what_is_remembered_outlives_a_changed_mapping(shop: Shop) -> None:
    """`mappings apply` writes the index's `_meta` anew and leaves the topics in it."""
    shop.send(titled("old"))
    shop.ingest()
    described = shop.catalogue.model_dump(mode="json", exclude_none=True)
    described["fields"]["title"]["weight"] = 2.0
    changed = type(shop.catalogue).model_validate(described)
    before = open_index(shop.client, shop.catalogue.name).meta["topics"]
    assert apply(shop.client, changed, contract_of(changed))
    assert open_index(shop.client, shop.catalogue.name).meta["topics"] == before


@by_offset
@pytest.mark.parametrize("marking_waits", [True, False])
def test_a_worker_and_a_canary_may_write_at_the_same_time(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, marking_waits: bool
) -> None:
    """Each has read the index before the other writes, and undoes nothing of the other's."""
    target, new = open_target(shop.client, shop.catalogue), f"{shop.catalogue.name}-v2"
    both = [
        lambda: mark(shop.client, shop.index, new, 0.5),
        lambda: checked(target, shop.settings.kafka),
    ]
    waiting, other = both if marking_waits else reversed(both)
    put = shop.client.indices.put_mapping

    def late(**body: Any) -> Any:
        monkeypatch.setattr(shop.client.indices, "put_mapping", put)
        other()
        return put(**body)

    monkeypatch.setattr(shop.client.indices, "put_mapping", late)
    waiting()
    live = open_index(shop.client, shop.catalogue.name)
    assert shop.topic in live.meta["topics"]
    found = canary_of(live)
    assert found is not None
    assert (found.index, found.share) == (new, 0.5)
