"""What is left of deleted products goes when it is old, and only when nothing needs it any more."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from plugins.ingest_shop import Shop
from plugins.servers import environment

from connector import cluster
from connector.cli import cli
from connector.errors import RefusedError
from connector.settings import Settings
from ingest.change import Position, Record
from ingest.deadletters.letter import DeadLetter
from ingest.doctor.case import Case
from ingest.purge import tombstones
from ingest.purge.tombstones import Purged
from ingest.reindex import offsets
from ingest.reindex.ledger import Ledger
from ingest.reindex.run import Run, State
from ingest.run import letters_for
from ingest.target import open_target

DAY_MS = 86_400_000


@pytest.fixture
def case(shop: Shop, purger: Settings) -> Iterator[Case]:
    """The shop, as somebody sees it who may purge it and no more."""
    with (
        closing(cluster.connect(purger.opensearch)) as client,
        closing(Case(purger, shop.catalogue, client)) as opened,
    ):
        yield opened


def purge(case: Case, days: int = 30, dry_run: bool = False) -> Purged:
    return tombstones.purge(case, days, dry_run, lambda *_: None)


def product(identity: str, **more: int) -> tuple[str, object]:
    return identity, {"id": identity, "title": "lamp", **more}


def age(shop: Shop, *ids: str, days: int = 40) -> None:
    """Have documents look as if they had been written long ago."""
    then = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
    for identity in ids:
        body = {"doc": {"connector": {"indexed_at": then}}}
        shop.client.update(index=shop.index, id=identity, body=body, params={"refresh": "true"})


AT = [{"version": "@offset"}]


@pytest.mark.parametrize("shop", AT, indirect=True)
def test_old_tombstones_go_and_everything_else_stays(shop: Shop, case: Case) -> None:
    """Neither what was deleted lately nor what is for sale; a rehearsal changes nothing."""
    shop.send(*(product(name) for name in ("old", "young", "sold")), ("old", None), ("young", None))
    shop.ingest()
    age(shop, "old", "sold")
    assert purge(case, dry_run=True) == Purged(shop.index, 30, 1, 0, 0)
    assert shop.documents().keys() == {"old", "young", "sold"}
    assert purge(case, days=60) == Purged(shop.index, 60, 0, 0, 0)
    assert purge(case) == Purged(shop.index, 30, 1, 0, 1)
    assert shop.documents().keys() == {"young", "sold"}
    assert purge(case) == Purged(shop.index, 30, 0, 0, 0)


@pytest.mark.parametrize("shop", AT, indirect=True)
def test_what_is_read_again_after_it_ends_as_it_was(shop: Shop, case: Case) -> None:
    """The topic's own delete comes after the topic's own product."""
    shop.send(product("p1"), ("p1", None))
    shop.ingest()
    age(shop, "p1")
    assert purge(case).removed == 1
    shop.ingest(from_beginning=True)
    assert shop.documents()["p1"]["connector"]["deleted"]


@pytest.mark.parametrize("shop", AT, indirect=True)
def test_many_go_page_by_page(shop: Shop, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that stay hold nobody up."""
    monkeypatch.setattr(tombstones, "_AT_ONCE", 2)
    ids = [f"p{number}" for number in range(7)]
    shop.send(*(product(name) for name in ids), *((name, None) for name in ids))
    shop.ingest()
    age(shop, *ids)
    shop.client.update(index=shop.index, id="p0", body={"doc": {"price": 1}})
    shop.client.indices.refresh(index=shop.index)
    assert purge(case) == Purged(shop.index, 30, 7, 1, 6)
    assert shop.documents().keys() == {"p0"}


@pytest.mark.parametrize("shop", AT, indirect=True)
def test_one_that_is_written_to_meanwhile_stays(shop: Shop, case: Case) -> None:
    """It was read as a tombstone, and is a product by the time of its removal."""
    shop.send(product("p1"), ("p1", None))
    shop.ingest()
    age(shop, "p1")
    query = {"term": {"connector.state": "deleted"}}
    [hits] = tombstones._pages(case, query)
    shop.send(product("p1"))
    shop.ingest()
    assert tombstones._remove(case, hits) == 0
    assert not shop.documents()["p1"]["connector"]["deleted"]


@pytest.mark.parametrize("shop", AT, indirect=True)
def test_a_product_that_a_dead_letter_waits_for_keeps_its_tombstone(shop: Shop, case: Case) -> None:
    """A replay of the older record would bring the product back."""
    shop.send(("p1", {"id": "p1", "title": "lamp", "wheels": 4}), product("p2"))
    shop.send(("p1", None), ("p2", None))
    assert shop.ingest()["dead_letters"] == 1
    age(shop, "p1", "p2")
    assert purge(case) == Purged(shop.index, 30, 2, 1, 1)
    assert shop.documents().keys() == {"p1"}


def test_a_letter_whose_product_nobody_knows_refuses(shop: Shop, case: Case) -> None:
    """Its record may be of any of them; a letter of a record without a key can never be replayed."""
    letters = letters_for(shop.settings, open_target(shop.client, shop.catalogue))
    with closing(letters):
        record = Record(Position(shop.topic, 0, 3), None, b"{}", 0)
        letters.park([DeadLetter(record, "NullKey", "")])
        purge(case)
        letters.park([DeadLetter(record, "Rejected", "")])
        with pytest.raises(RefusedError, match=rf"{shop.topic}/0/3 .* discard it"):
            purge(case)


def test_older_records_that_are_unread_refuse(shop: Shop, case: Case) -> None:
    """They may be of the very same products; younger ones may wait."""
    then = int(time.time() * 1000) - 40 * DAY_MS
    shop.send(product("p1", v=1), timestamp_ms=then)
    with pytest.raises(RefusedError, match="1 unread records"):
        purge(case)
    assert purge(case, days=50).removed == 0
    shop.ingest()
    shop.send(product("p2", v=1))
    with closing(Case(shop.settings, shop.catalogue, shop.client)) as later:
        assert purge(later).removed == 0


def test_a_commit_beyond_the_topic_s_end_has_read_nothing(shop: Shop, case: Case) -> None:
    """The topic was made anew: what stands there is read again, and may be of the same products."""
    then = int(time.time() * 1000) - 40 * DAY_MS
    offsets.set_commits(shop.settings.kafka, shop.index, {shop.topic: {"0": 900}})
    shop.send(product("p1", v=1), timestamp_ms=then)
    with pytest.raises(RefusedError, match="1 unread records"):
        purge(case)


def test_a_reindex_under_way_refuses(shop: Shop, case: Case) -> None:
    """It carries documents that it has read before; one that was ended does not."""
    ledger = Ledger(shop.client)
    ledger.prepare()
    run = Run(f"{shop.index}0", shop.catalogue.name, shop.index, {}, state=State.BACKFILLING)
    ledger.begin(run)
    with pytest.raises(RefusedError, match=rf"'{run.id}' is under way \(backfilling\)"):
        purge(case)
    ledger.change(run.id, lambda run: replace(run, state=State.ABORTED))
    assert purge(case).removed == 0


@pytest.mark.parametrize("shop", AT, indirect=True)
def test_the_command_counts_first_and_removes_then(shop: Shop, purger: Settings) -> None:
    """What it says is what it did; less than a day is no age."""

    def run(*options: str) -> tuple[int, str]:
        command = ["purge", "-c", str(shop.file), *options]
        done = CliRunner().invoke(cli, command, env=environment(purger))
        return done.exit_code, done.stdout

    shop.send(product("p1"), ("p1", None))
    shop.ingest()
    age(shop, "p1")
    assert run("--days", "0")[0] == 2
    code, said = run("--dry-run")
    assert (code, "1 tombstones older than 30 days, 1 could go" in said) == (0, True)
    code, said = run("--json")
    counts = {"tombstones": 1, "kept": 0, "removed": 1}
    assert (code, json.loads(said)) == (0, {"index": shop.index, "days": 30, **counts})
    assert shop.documents() == {}
