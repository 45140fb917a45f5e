from collections.abc import Callable
from typing import Any

import pytest
from kit.hands import await_true
from plugins.reindex_shop import Move

from connector.errors import RefusedError
from ingest.reindex import decide, sharing, steps
from ingest.reindex.run import Run, State
from ingest.reindex.waiting import sentence
from mappings.canary import Canary, canary_of
from mappings.live import open_index

pytestmark = pytest.mark.server


@pytest.fixture(autouse=True)
def _ungated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "judge", lambda *_: [])


def _put(move: Move, key: str, version: bytes) -> None:
    value = {"id": key, "title": f"lamp {key}", "body": "brass"}
    move.shop.send((key, value), headers=[("v", version)])


def _mark(move: Move) -> Canary | None:
    return canary_of(open_index(move.shop.client, move.shop.catalogue.name))


def _state(move: Move, run: Run, state: State) -> Callable[[], Any]:
    return lambda: move.ledger.run(run.id).state is state


def test_part_of_the_reads_waits_for_a_decision(
    move: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both indices are fed; the share may change; `abort` takes the mark, 100 % goes on."""
    monkeypatch.setattr(sharing, "RENEW_S", 0.5)
    _put(move, "first", b"1")
    move.shop.ingest()
    wanted = move.changed(language="standard")

    run, said = move.plan(wanted, canary=0.1), list[Run]()
    with move.going(run, said):
        await_true(lambda: _mark(move))
        first = _mark(move)
        assert first is not None
        assert (first.index, first.share) == (run.id, 0.1)
        await_true(lambda: (now := _mark(move)) and now.until > first.until)
        _put(move, "second", b"2")
        for index in (run.old, run.id):
            await_true(lambda index=index: "second" in move.documents(index))
        ended = decide.abort(move.shop.settings, move.shop.client, move.ledger, said[0])
        assert ended.state is State.ABORTED
    assert _mark(move) is None
    assert not move.shop.client.indices.exists(index=run.id)
    assert "10% of query texts search it" in sentence(said[0])

    run = move.plan(wanted, canary=0.1)
    with move.going(run) as stop:
        await_true(_state(move, run, State.CANARY))
        await_true(lambda: _mark(move))
        stop.set()
    assert _mark(move) is None
    said.clear()
    move.ledger.change(run.id, lambda there: Run.read({**there.as_json(), "canary": 0.5}))
    with move.going(run, said):
        await_true(lambda: (now := _mark(move)) and now.share == 0.5)
        move.ledger.change(run.id, lambda there: Run.read({**there.as_json(), "canary": 1.0}))
        await_true(lambda: [each.state for each in said] == [State.CANARY, State.SWITCHED])
        assert open_index(move.shop.client, run.catalogue).physical == run.id
    assert "in another terminal `connector reindex finish" in sentence(said[1])
    with pytest.raises(RefusedError, match="there is no canary any more"):
        sharing.require_before_switch(move.ledger.run(run.id))
    assert canary_of(open_index(move.shop.client, run.catalogue)) is None
