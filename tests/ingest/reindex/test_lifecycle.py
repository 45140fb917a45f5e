from typing import Any

import pytest
from plugins.ingest_shop import Shop
from plugins.panels import empty
from plugins.reindex_shop import Move
from plugins.tiny_model import build

from connector.errors import RefusedError
from ingest.reindex import decide, groups, steps
from ingest.reindex.run import Run, State
from ingest.run import run as run_worker
from mappings.live import open_index

pytestmark = [pytest.mark.server, pytest.mark.usefixtures("ungated")]


@pytest.fixture
def ungated(monkeypatch: pytest.MonkeyPatch) -> None:
    """No gate looks: what they say is tested where they are."""
    monkeypatch.setattr(steps, "judge", lambda *_: [])


def lamp(key: str, version: int, **more: Any) -> tuple[tuple[str, Any], dict[str, Any]]:
    """Return a product and the header that its version stands in."""
    value = {"id": key, "title": f"lamp {key}", "body": "brass", **more}
    return (key, value), {"headers": [("v", str(version).encode())]}


def put(shop: Shop, key: str, version: int, **more: Any) -> None:
    record, header = lamp(key, version, **more)
    shop.send(record, **header)


def drop(shop: Shop, key: str, version: int) -> None:
    shop.send((key, None), headers=[("v", str(version).encode())])


def fill(shop: Shop) -> None:
    """Send products, a tombstone, and prices of which one is early; let a worker write them."""
    for number in range(12):
        put(shop, f"p{number}", 10, stock=number)
    drop(shop, "p0", 11)
    shop.send(
        *((key, {"id": key, "v": 5, "price": 2.5}) for key in ("p1", "early")), stream="price"
    )
    shop.ingest()


def alike(documents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return documents without the time at which each was written."""
    for source in documents.values():
        source["connector"].pop("indexed_at")
    return documents


def alias(move: Move) -> str:
    return open_index(move.shop.client, move.shop.catalogue.name).physical


def test_a_mapping_changes_there_and_back_and_there_again(move: Move) -> None:
    """Every document arrives as it is, without the model; a rollback brings later writes along."""
    shop = move.shop
    fill(shop)
    # The old index's worker has not come to this one: it is below the topic's end all the same.
    put(shop, "unread", 15)
    wanted = move.changed(language="standard")
    run = move.plan(wanted)
    assert move.go(run, State.BACKFILLING).state is State.BACKFILLING
    put(shop, "late", 20)
    drop(shop, "p1", 21)
    with pytest.raises(RefusedError, match="is backfilling; go on with it"):
        move.plan(wanted)

    done = move.go(run)
    assert alias(move) == run.id
    there = move.ledger.progress(done).counts
    assert (there["copied"], there["tombstones"], there["encoder_texts"]) == (11, 1, 0)
    unseen = empty(shop.client, "connector-ingest", {"term": {"run": run.id}})
    assert "connector-reindex-progress" not in unseen
    run_worker(shop.settings, shop.catalogue, True, False, run.old)
    assert alike(move.documents(run.id)) == alike(move.documents(run.old))
    assert shop.client.count(index=shop.catalogue.name)["count"] == 12

    with move.going(run):
        put(shop, "later", 30)
        assert move.rollback(run).state is State.ROLLED_BACK
    assert alias(move) == run.old
    assert {"late", "later", "unread"} <= move.documents(run.old).keys()
    ended = decide.abort(shop.settings, shop.client, move.ledger, move.ledger.run(run.id))
    assert ended.state is State.ABORTED
    assert not shop.client.indices.exists(index=run.id)

    second = move.go(move.plan(wanted))
    assert (second.id, second.old) == (f"{shop.catalogue.name}-v3", run.old)
    decide.finish(shop.settings, shop.client, move.ledger, second)
    assert not shop.client.indices.exists(index=run.old)
    assert {"late", "later"} <= move.documents(second.id).keys()


def test_another_model_computes_every_vector_anew(
    move: Move, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of equal dimension, and yet no vector of the old one is left."""
    other = build(tmp_path_factory.mktemp("other"), seed=8)
    fill(move.shop)
    run = move.go(move.plan(move.changed(model={"name": str(other)})))
    before, after = move.documents(run.old), move.documents(run.id)
    there = move.ledger.progress(run).counts
    assert (there["copied"], there["embedded"], there["encoder_texts"]) == (0, 11, 22)
    for key in (f"p{number}" for number in range(1, 12)):
        assert after[key]["title_vector"] != before[key]["title_vector"]
        assert after[key]["connector"]["model"] != before[key]["connector"]["model"]
        assert after[key]["connector"]["versions"] == before[key]["connector"]["versions"]


def test_only_the_vectors_that_changed_are_computed(move: Move) -> None:
    """A new template costs its own field's texts; the other's are copied, and no strangers come."""
    fill(move.shop)
    stray = {"title": "written by somebody else"}
    move.shop.client.index(index=move.shop.index, id="stray", body=stray)
    vectors = {"title_vector": {"text": "{title}"}, "body_vector": {"text": "{body}. {title}"}}
    run = move.go(move.plan(move.changed(vectors=vectors)))
    before, after = move.documents(run.old), move.documents(run.id)
    assert move.ledger.progress(run).counts["encoder_texts"] == 11
    assert after["p3"]["title_vector"] == before["p3"]["title_vector"]
    assert after["p3"]["body_vector"] != before["p3"]["body_vector"]
    assert before.keys() - after.keys() == {"stray"}


def test_a_new_field_is_filled_from_the_log(move: Move) -> None:
    """What the old index never kept is refused, and read from the topics' first records."""
    shop = move.shop
    first = shop.catalogue.model_dump()
    fill(shop)
    fields = first["fields"] | {"name": {"role": "facet", "source": "title", "type": "keyword"}}
    with pytest.raises(RefusedError, match=r"field 'name' is new.*--from log"):
        move.plan(move.changed(fields=fields, language="standard"))
    run = move.go(move.plan(move.changed(fields=fields, language="standard"), "log"))
    after = move.documents(run.id)
    assert after["p3"]["name"] == "lamp p3"
    assert after["p1"]["price"] == 2.5
    assert after["p0"]["connector"]["deleted"]


def test_an_old_index_that_somebody_feeds_is_not_deleted(move: Move) -> None:
    """A worker of the old index would fail: it is restarted first."""
    shop = move.shop
    fill(shop)
    run = move.go(move.plan(move.changed(language="standard")))
    with move.going(run):
        assert _members(shop, run) == 1
    with (
        move.feeding(run.old),
        pytest.raises(RefusedError, match=r"1 worker\(s\) still feed"),
    ):
        decide.finish(shop.settings, shop.client, move.ledger, move.ledger.run(run.id))
    assert shop.client.indices.exists(index=run.old)


def _members(shop: Shop, run: Run) -> int:
    """Return how many workers feed the old index, once there are any."""
    while not (found := groups.members(shop.settings.kafka, run.old)):
        pass
    return found
