"""What is typed twice changes nothing more, and what somebody deleted leaves a way out."""

from typing import Any

import pytest
from plugins.reindex_shop import Move

from connector.errors import IndexMissingError, RefusedError
from ingest.reindex import decide, steps
from ingest.reindex.run import Run, State
from mappings.live import open_index

pytestmark = [pytest.mark.server, pytest.mark.usefixtures("ungated")]


@pytest.fixture
def ungated(monkeypatch: pytest.MonkeyPatch) -> None:
    """No gate looks: what they say is tested where they are."""
    monkeypatch.setattr(steps, "judge", lambda *_: [])


def fill(move: Move) -> None:
    move.shop.send(
        *((f"p{n}", {"id": f"p{n}", "title": f"lamp {n}"}) for n in range(3)),
        headers=[("v", b"7")],
    )
    move.shop.ingest()


def ended(move: Move, run: Run, how: Any) -> Run:
    shop = move.shop
    found: Run = how(shop.settings, shop.client, move.ledger, move.ledger.run(run.id))
    return found


def alias(move: Move) -> str:
    return open_index(move.shop.client, move.shop.catalogue.name).physical


def test_a_new_index_that_is_deleted_while_it_is_filled_ends_its_run(move: Move) -> None:
    """The command says what is gone and what to type; the next run is as if there had been none."""
    fill(move)
    wanted = move.changed(language="standard")
    run = move.go(move.plan(wanted), State.BACKFILLING)
    move.shop.client.indices.delete(index=run.id)
    with pytest.raises(IndexMissingError, match=rf"{run.id}' is gone.*reindex abort {run.id}"):
        move.go(run)
    assert "is gone" in move.ledger.run(run.id).trouble
    for _ in range(2):
        assert ended(move, run, decide.abort).state is State.ABORTED
    second = move.go(move.plan(wanted))
    assert alias(move) == second.id
    assert len(move.documents(second.id)) == 3


def test_a_run_whose_old_index_is_deleted_can_be_aborted(move: Move) -> None:
    """Nothing is left to go back to; what is in the way of a new start is taken away."""
    fill(move)
    run = move.go(move.plan(move.changed(language="standard")), State.BACKFILLING)
    move.shop.client.indices.delete(index=run.old)
    with pytest.raises(IndexMissingError, match=rf"{run.old}' is gone.*reindex abort {run.id}"):
        move.go(run)
    assert ended(move, run, decide.abort).state is State.ABORTED
    assert not move.shop.client.indices.exists(index=run.id)


def test_a_rollback_makes_the_alias_anew_when_the_new_index_is_deleted(move: Move) -> None:
    """It went with its index: searches find the old one again, and tombstones stay hidden."""
    fill(move)
    move.shop.send(("p1", None), headers=[("v", b"8")])
    move.shop.ingest()
    run = move.go(move.plan(move.changed(language="standard")))
    move.shop.client.indices.delete(index=run.id)
    with pytest.raises(IndexMissingError, match=r"no index behind the alias"):
        ended(move, run, decide.finish)
    for _ in range(2):
        assert move.rollback(run).state is State.ROLLED_BACK
    assert alias(move) == run.old
    assert move.shop.client.count(index=move.shop.catalogue.name)["count"] == 2
    with pytest.raises(RefusedError, match="is rolled back and cannot be finished"):
        ended(move, run, decide.finish)


def test_a_finish_may_be_typed_twice_and_ends_all_else(move: Move) -> None:
    """The second finds nothing to do; a rollback finds nothing to go back to."""
    fill(move)
    run = move.go(move.plan(move.changed(language="standard")))
    for _ in range(2):
        assert ended(move, run, decide.finish).state is State.FINISHED
    with pytest.raises(RefusedError, match="is finished and cannot be rolled back"):
        move.rollback(run)
    with pytest.raises(RefusedError, match="is finished and cannot be aborted"):
        ended(move, run, decide.abort)
    assert alias(move) == run.id


def test_an_alias_that_somebody_moved_is_not_moved_again(move: Move) -> None:
    """Neither by the switch nor by a rollback; the run can be given up all the same."""
    fill(move)
    client, name = move.shop.client, move.shop.catalogue.name
    run = move.go(move.plan(move.changed(language="standard")), State.GATING)
    client.indices.delete_alias(index=run.old, name=name)
    with pytest.raises(IndexMissingError, match="no index behind the alias"):
        move.go(run)
    other = f"{name}-v9"
    body = client.indices.get(index=run.old)[run.old]
    client.indices.create(
        index=other,
        body={
            "mappings": body["mappings"],
            "settings": {"index.knn": True, "analysis": body["settings"]["index"]["analysis"]},
            "aliases": {name: {}},
        },
    )
    with pytest.raises(RefusedError, match=rf"leads to '{other}', not to '{run.old}'"):
        move.go(run)
    assert ended(move, run, decide.abort).state is State.ABORTED
    assert alias(move) == other
